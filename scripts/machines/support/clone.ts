import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../src/adapters/command.ts";
import { ROOT } from "../../src/lib/paths.ts";

/** What a path must not be taken for: a URL, a pattern or a part of a shell command. */
const FOLDER = "it's my josé projects #1 100%41 [new] (old) & $HOME?";

export interface Clone {
  /** The temporary folder around it, which any user can read. */
  outside: string;
  /** The repository's root folder. */
  root: string;
  /** A folder with pnpm alone. */
  bin: string;
}

/**
 * Clones this repository, with changes of tracked files, as a user with the strictest umask does, and installs its
 * packages from pnpm's store.
 */
export async function cloneRepository(): Promise<Clone> {
  const outside = mkdtempSync(join(tmpdir(), "echo-machines-"));
  chmodSync(outside, 0o755);
  const bin = join(outside, "bin");
  const root = join(outside, FOLDER, "echo");
  const pnpm = copyPnpm(bin);
  const commit = (await git("stash", "create")) || (await git("rev-parse", "HEAD"));
  await strictly("git", ["clone", "--quiet", "--no-checkout", ROOT, root]);
  await strictly("git", ["-C", root, "checkout", "--quiet", commit]);
  await strictly(pnpm, ["install", "--frozen-lockfile", "--prefer-offline"], root);
  return { outside, root, bin };
}

/** Copies the pnpm that runs this, so that a user who cannot read its folder has it too. @returns its path */
function copyPnpm(bin: string): string {
  const running = process.env.npm_execpath;
  if (running === undefined)
    throw new Error("Missing npm_execpath: run the tests with `pnpm test:machines`.");
  const path = join(bin, "pnpm");
  mkdirSync(bin);
  // A pnpm that is a script needs its folder.
  if (/\.[cm]?js$/.test(running)) writeFileSync(path, `#!/bin/sh\nexec node '${running}' "$@"\n`);
  else copyFileSync(running, path);
  chmodSync(path, 0o755);
  return path;
}

function git(...args: string[]): Promise<string> {
  // A user without an identity can use git too.
  return run("git", ["-C", ROOT, "-c", "user.name=test", "-c", "user.email=test@localhost", ...args]);
}

function strictly(command: string, args: readonly string[], cwd = ROOT): Promise<string> {
  return run("sh", ["-c", 'umask 077 && exec "$@"', "sh", command, ...args], { cwd });
}

/**
 * Makes a user the owner of the clone, except of the files that are hard links to pnpm's store: a change of their owner
 * would change the store.
 */
export async function giveTo({ root }: Clone, uid: string): Promise<void> {
  const own = ["(", "-type", "d", "-o", "-links", "1", ")"];
  await run("find", [
    dirname(root),
    ...own,
    "-exec",
    "chown",
    "--no-dereference",
    `${uid}:${uid}`,
    "{}",
    "+",
  ]);
}
