import { run } from "./command.ts";

/** The commit of the working tree, with `-dirty` if it has changes; "unknown" outside of a repository. */
export async function revision(directory: string): Promise<string> {
  try {
    const describe = ["describe", "--always", "--dirty", "--abbrev=12", "--exclude", "*"];
    return await run("git", ["-C", directory, ...describe]);
  } catch {
    return "unknown";
  }
}
