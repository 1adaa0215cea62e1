import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { removeLeftFolders, withTemporaryFolder } from "../../src/lib/temporary-folder.ts";

const MODULE = new URL("../../src/lib/temporary-folder.ts", import.meta.url).href;

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "test-"));
  vi.stubEnv("TMPDIR", parent);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(parent, { recursive: true });
  });
});

/** Another process with a temporary folder, which then runs `code`. */
function otherProcess(code: string) {
  const program = `const { withTemporaryFolder } = await import(${JSON.stringify(MODULE)});
    await withTemporaryFolder(async () => { console.log("ready"); ${code} });`;
  return execa(process.execPath, ["--input-type=module", "--eval", program], { reject: false });
}

describe("a temporary folder", () => {
  test("is private, and removed when the work ends or fails", async () => {
    const mode = await withTemporaryFolder((folder) => Promise.resolve(statSync(folder).mode & 0o777));
    expect(mode).toBe(0o700);
    await expect(withTemporaryFolder(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(readdirSync(parent)).toEqual([]);
  });

  test.each([
    "process.exit(3)",
    "setTimeout(() => { throw new Error('crash') }); await new Promise(() => {})",
  ])("is removed when its process ends by %s", async (code) => {
    expect((await otherProcess(code)).exitCode).toBeGreaterThan(0);
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe("the next command", () => {
  test("removes the folder of a process that was killed, not that of one that runs", async () => {
    const other = otherProcess("setInterval(() => {}, 1000); await new Promise(() => {});");
    await once(other.stdout, "data");
    removeLeftFolders();
    expect(readdirSync(parent)).toHaveLength(1);
    other.kill("SIGKILL");
    await other;
    removeLeftFolders();
    expect(readdirSync(parent)).toEqual([]);
  });

  test("removes a folder that no command can still use, whatever process has its id now", async () => {
    await withTemporaryFolder((folder) => {
      const other = folder.replace(`-${process.pid}-`, `-${process.ppid}-`);
      const yesterday = new Date(Date.now() - 25 * 3_600_000);
      writeFileSync(`${folder}/file`, "");
      mkdtempSync(other);
      const name = readdirSync(parent).find((each) => each.includes(`-${process.ppid}-`)) ?? "";
      removeLeftFolders();
      expect(existsSync(join(parent, name))).toBe(true);
      utimesSync(join(parent, name), yesterday, yesterday);
      removeLeftFolders();
      expect(existsSync(join(parent, name))).toBe(false);
      return Promise.resolve();
    });
  });

  test("leaves what others have in the system's temporary folder", () => {
    for (const name of ["echo-x", "echo-elsewhere-1-abcdef", "other"]) writeFileSync(join(parent, name), "");
    removeLeftFolders();
    expect(readdirSync(parent)).toHaveLength(3);
  });
});
