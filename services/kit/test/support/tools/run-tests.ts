// `pnpm test`: runs turbo with the given arguments, then says which tests were skipped because a tool is missing.
// The exit code is turbo's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { clearRecords, summarize } from "./summary.ts";
import { findTool, TOOLS } from "./tools.ts";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const turbo = `${root}node_modules/turbo/bin/turbo`;
// Part of turbo's cache key: after a tool is installed, its tests run.
const found = TOOLS.filter((tool) => findTool(tool) !== undefined);

clearRecords(root);
const running = spawn(process.execPath, [turbo, "run", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TEST_TOOLS: found.join(",") },
});
const [exitCode]: unknown[] = await once(running, "exit");
process.stdout.write(summarize(root));
process.exitCode = typeof exitCode === "number" ? exitCode : 1;
