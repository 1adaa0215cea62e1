import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const FIXTURE = fileURLToPath(new URL("../fixtures/lost-parent.ts", import.meta.url));

test("notices that its parent was killed", async () => {
  const shell = spawn("sh", ["-c", '"$0" "$1" & wait', process.execPath, FIXTURE], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  shell.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  await expect.poll(() => output, { timeout: 30_000 }).toContain("started\n");
  shell.kill("SIGKILL");
  await expect.poll(() => output, { timeout: 30_000 }).toBe("started\nlost\n");
});
