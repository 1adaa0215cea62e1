/**
 * Runs the end-to-end tests: `pnpm e2e [--long] [arguments of vitest]`. With `--long`, each attack takes a minute, and the tests
 * of a gateway run a second time, on Envoy Gateway. Part 2 of the tutorial, the lessons of docs/engines, the class, the next
 * versions and the growth by pods run only then.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { ADDONS, addon } from "./addons.ts";

const fileOf = (name: string) => `e2e/${name}.test.ts`;

/** The tests of what a gateway does. */
const GATEWAY_TESTS = [
  "shift",
  "canary",
  "preview",
  "pod-replacement",
  "pod-crash",
  "short-names",
  "growth",
].map(fileOf);

/** Tests that run only with `--long`, or if an argument names a file. */
const LONG_TESTS = ["tutorial", "engines", "classroom", "next-version", "growth"].map(fileOf);

/** Tests that mostly wait. They run beside all others, in a namespace of their own. */
const WAITING_TESTS = ["registry-faults", "control-plane-faults", "unfinished-shift"].map(fileOf);

const args = process.argv.slice(2);
const isLong = args.includes("--long");
const passed = args.filter((arg) => arg !== "--long");

async function runTests(files: readonly string[], env: Record<string, string>): Promise<number> {
  const vitest = ["run", "--root", "scripts", "--config", "vitest.e2e.config.ts", ...files];
  const child = spawn("vitest", vitest, { stdio: "inherit", env: { ...process.env, ...env } });
  await once(child, "exit");
  return child.exitCode ?? 1;
}

const isWhole = passed.every((arg) => arg.startsWith("-"));
const apart = isWhole ? [...WAITING_TESTS, ...(isLong ? [] : LONG_TESTS)] : [];
const statuses = await Promise.all([
  runTests([...passed, ...apart.flatMap((file) => ["--exclude", file])], {
    E2E_ATTACK_S: isLong ? "60" : "10",
  }),
  isWhole ? runTests([...passed, ...WAITING_TESTS], { E2E_NAMESPACE: "echo-e2e-waiting" }) : 0,
]);
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
    statuses.push(await runTests([...files, ...options], env));
  }
}
process.exit(Math.max(...statuses));
