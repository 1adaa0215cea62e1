/**
 * Runs the end-to-end tests: `pnpm e2e [--long] [arguments of vitest]`. With `--long`, each attack takes a minute, part 2 of the
 * tutorial and the lessons of docs/engines run too, and the tests of a gateway run a second time, on Envoy Gateway.
 */
import { spawnSync } from "node:child_process";
import { ADDONS, addon } from "./addons.ts";

/** The tests of what a gateway does. */
const GATEWAY_TESTS = ["shift", "canary", "preview", "pod-replacement", "pod-crash"].map(
  (name) => `e2e/${name}.test.ts`,
);

/** Tests that run only with `--long`, or if an argument names a file. */
const LONG_TESTS = ["e2e/tutorial.test.ts", "e2e/engines.test.ts"];

const args = process.argv.slice(2);
const isLong = args.includes("--long");
const passed = args.filter((arg) => arg !== "--long");

function runTests(files: readonly string[], env: Record<string, string>): number {
  const vitest = ["run", "--root", "scripts", "--config", "vitest.e2e.config.ts", ...files];
  return spawnSync("vitest", vitest, { stdio: "inherit", env: { ...process.env, ...env } }).status ?? 1;
}

const isWhole = passed.every((arg) => arg.startsWith("-"));
const left = isWhole && !isLong ? LONG_TESTS.flatMap((file) => ["--exclude", file]) : [];
let status = runTests([...passed, ...left], { E2E_ATTACK_S: isLong ? "60" : "10" });
if (isLong && ADDONS !== undefined) {
  const [options, filters] = [
    passed.filter((arg) => arg.startsWith("-")),
    passed.filter((arg) => !arg.startsWith("-")),
  ];
  const files = GATEWAY_TESTS.filter(
    (file) => filters.length === 0 || filters.some((filter) => file.includes(filter)),
  );
  if (files.length > 0) {
    const env = { ...(await addon("envoy-gateway")), E2E_MODE: "gateway" };
    // Also after a failure of the first run: it may be another gateway's.
    status = runTests([...files, ...options], env) || status;
  }
}
process.exit(status);
