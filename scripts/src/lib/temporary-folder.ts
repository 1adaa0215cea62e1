import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/** No command runs this long, in ms: an older folder is left even if its process id is in use again. */
const MAX_AGE_MS = 24 * 3_600_000;
/** The name of a folder tells the process that it belongs to. Containers with one /tmp have host names of their own. */
const PREFIX = `echo-${hostname().replaceAll(/[^a-z0-9]/gi, "")}-`;
const created = new Set<string>();

/** Runs `work` with a folder that only this user can read. The folder is removed when `work`, or this process, ends. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  if (created.size === 0) process.once("exit", () => created.forEach(remove));
  created.add(folder);
  try {
    return await work(folder);
  } finally {
    remove(folder);
  }
}

/** Removes the folders of commands that were killed (`kill -9`) before they could do it. */
export function removeLeftFolders(): void {
  try {
    const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
    for (const name of names) if (isLeft(name)) remove(join(tmpdir(), name));
  } catch {
    // The next command tries again. No command fails because of what another one left.
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Whether a folder in the system's temporary folder is this user's, and its process has ended. */
function isLeft(name: string): boolean {
  const [, pid] = /^(\d+)-\w+$/.exec(name.slice(PREFIX.length)) ?? [];
  const status = lstatSync(join(tmpdir(), name));
  if (pid === undefined || !status.isDirectory() || status.uid !== (process.getuid?.() ?? status.uid))
    return false;
  const isOld = Date.now() - status.mtimeMs > MAX_AGE_MS;
  return isOld || Number(pid) === process.pid || !isRunning(Number(pid));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process gives EPERM.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
