import { run } from "./command.ts";

/** The commit of the working tree, with `-dirty` if it has changes; "unknown" outside of a repository. */
export function revision(directory: string): Promise<string> {
  const describe = ["describe", "--always", "--dirty", "--abbrev=12", "--exclude", "*"];
  return run("git", ["-C", directory, ...describe]).catch(() => "unknown");
}
