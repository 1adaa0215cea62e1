import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import * as v from "valibot";
import { parseJson, run } from "../../src/adapters/command.ts";
import { fixtureTool } from "../support/tools.ts";

const HOSTILE = "\u001b]0;owned\u0007\u009b2J\u202eversion\r";

test("the output of a tool has no control characters: not its stdout, its lines or its error", async () => {
  fixtureTool("kubectl", [
    { when: "fail", stderr: HOSTILE, exitCode: 1 },
    { when: "", stdout: `${HOSTILE}\n\tnext\n` },
  ]);
  expect(await run("kubectl", ["get"])).toBe("]0;owned2Jversion\n\tnext");
  const lines: string[] = [];
  await run("kubectl", ["get"], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(["]0;owned2Jversion", "\tnext"]);
  await expect(run("kubectl", ["fail"])).rejects.toMatchObject({
    message: "Command failed with exit code 1: kubectl fail\n]0;owned2Jversion",
    stderr: "]0;owned2Jversion",
  });
});

test("the strings of a tool's JSON have no control characters", () => {
  const text = JSON.stringify({ reason: HOSTILE });
  expect(parseJson("kubectl", v.object({ reason: v.string() }), text)).toEqual({
    reason: "]0;owned2Jversion",
  });
  expect(() => parseJson("kubectl", v.string(), HOSTILE)).toThrow("Unexpected output of kubectl: ]0;owned");
});

test("a tool that this user may not run counts as missing, as one that PATH does not have", async () => {
  const folder = mkdtempSync(join(tmpdir(), "echo-tool-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  vi.stubEnv("PATH", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(run("cosign", ["version"])).rejects.toMatchObject({ missing: true });
  writeFileSync(join(folder, "cosign"), "", { mode: 0o600 });
  await expect(run("cosign", ["version"])).rejects.toMatchObject({ missing: true });
});
