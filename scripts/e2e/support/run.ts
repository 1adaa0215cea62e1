/** Runs the end-to-end tests: `pnpm e2e [--long] [arguments of vitest]`. With `--long`, each attack takes a minute. */
import { spawnSync } from "node:child_process";

const args = process.argv.slice(2);
const seconds = args.includes("--long") ? "60" : "10";
const { status } = spawnSync(
  "vitest",
  [
    ...["run", "--root", "scripts", "--config", "vitest.e2e.config.ts"],
    ...args.filter((arg) => arg !== "--long"),
  ],
  { stdio: "inherit", env: { ...process.env, E2E_ATTACK_S: seconds } },
);
process.exit(status ?? 1);
