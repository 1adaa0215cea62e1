import { run } from "./command.ts";

/** The commit of the working tree, marked where it has changes; "unknown" outside of a repository. */
export async function revision(directory: string): Promise<string> {
  try {
    return await run("git", [
      "-C",
      directory,
      "describe",
      "--always",
      "--dirty",
      "--abbrev=12",
      "--exclude",
      "*",
    ]);
  } catch {
    return "unknown";
  }
}
