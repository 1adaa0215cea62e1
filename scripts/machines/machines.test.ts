import { once } from "node:events";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run } from "../src/adapters/command.ts";
import { localUrl, PORTS } from "../src/domain/ports.ts";
import { DEFAULT_BACKEND_VERSIONS } from "../src/domain/version.ts";
import { openNetwork } from "../test/support/network.ts";
import { NOTHING_RELEASED } from "../test/support/release.ts";
import { installTools } from "../test/support/tools.ts";
import { type Clone, cloneRepository, giveTo } from "./support/clone.ts";
import { CAN, type Machine, Runner } from "./support/machine.ts";

// The README's first commands, in one clone, on machines that differ from the usual. If possible they run in a network
// of their own: the ports are free there, and nothing can be downloaded.

/** A user without an entry in /etc/passwd, as `docker run --user 12345` or OpenShift have it. */
const UNKNOWN_UID = "12345";
const FRONTEND = localUrl(PORTS.frontend.port);
const DRY_RUN = ["pnpm", "release", "--dry-run", "--registry", "registry.example"];
const PLANNED = "registry.example/echo-backend";
/** A line of a stack trace. */
const STACK = /^ +at /m;

let clone: Clone;
let network: readonly string[];
let closeNetwork: () => void;

beforeAll(async () => {
  clone = await cloneRepository();
  ({ network, close: closeNetwork } = await openNetwork());
  addTools(clone);
});
afterAll(() => {
  closeNetwork();
  rmSync(clone.outside, { recursive: true });
});

/** Stand-ins for the tools of a dry run. */
function addTools({ root, bin }: Clone): void {
  const tools = {
    docker: [{ when: "imagetools", stderr: "ERROR: registry.example/echo: not found", exitCode: 1 }],
    helm: NOTHING_RELEASED,
    kubectl: [
      { when: "/version", stdout: JSON.stringify({ gitVersion: "v1.34.0" }) },
      { when: "-o json", stdout: '{"items":[]}' },
    ],
  };
  installTools(bin, tools, join(root, "scripts/test/fixtures"));
  // Each user writes its calls there.
  chmodSync(bin, 0o777);
}

/** A suite on machines that this one can simulate. With REQUIRE_ALL_MACHINES it must. */
function describeIf(need: keyof typeof CAN, title: string, body: () => void): void {
  if (!CAN[need] && process.env.REQUIRE_ALL_MACHINES)
    throw new Error(`This machine cannot simulate "${title}": expected ${need}.`);
  describe.skipIf(!CAN[need])(`${title} (needs ${need})`, () => {
    body();
  });
}

/** The commands on a machine of this kind. */
function on(machine: Machine): Runner {
  return new Runner(clone, machine, network);
}

async function tryBuild(runner: Runner): Promise<void> {
  const { exitCode, all } = await runner.start(["pnpm", "build", "--force"]);
  expect(exitCode, all).toBe(0);
}

async function tryDev(runner: Runner): Promise<void> {
  const dev = runner.start(["pnpm", "dev"]);
  let output = "";
  dev.all.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const started = async () => {
    while (!output.includes(`curl ${FRONTEND}`)) await once(dev.all, "data");
    return true;
  };
  expect(await Promise.race([started(), dev.then(() => false)]), output).toBe(true);
  expect(await runner.request(FRONTEND)).toContain(`"backend":"${DEFAULT_BACKEND_VERSIONS.blue}"`);
  const { exitCode, all } = await runner.start(["pnpm", "shift", "--local", "green"]);
  expect(exitCode, all).toBe(0);
  expect(await runner.request(FRONTEND)).toContain(`"backend":"${DEFAULT_BACKEND_VERSIONS.green}"`);
  process.kill(-(dev.pid ?? 0), "SIGINT");
  const ended = await dev;
  // pnpm ends by the same signal, so it has no exit code to check.
  expect(ended.all.match(/stopped$/gm), ended.all).toHaveLength(3);
  await expect(runner.request(FRONTEND)).rejects.toThrow("ECONNREFUSED");
}

async function tryDryRun(runner: Runner): Promise<void> {
  const { exitCode, all } = await runner.start(DRY_RUN);
  expect(exitCode, all).toBe(0);
  expect(all).toContain(PLANNED);
}

/** All that a learner does first, on one machine. */
function testAll(machine: Machine): void {
  test("builds", async () => {
    await expect(tryBuild(on(machine))).resolves.toBeUndefined();
  });
  test("runs pnpm dev and shifts its traffic", async () => {
    await expect(tryDev(on(machine))).resolves.toBeUndefined();
  });
  test("prints the plan of a release", async () => {
    await expect(tryDryRun(on(machine))).resolves.toBeUndefined();
  });
}

describe("a folder with a space, an accent, #, % and characters of the shell, under umask 077", () => {
  const machine = { env: { HOME: process.env.HOME ?? "/" } };

  testAll(machine);
});

describe("an environment with only PATH", () => {
  test("prints the plan of a release", async () => {
    await expect(tryDryRun(on({}))).resolves.toBeUndefined();
  });
});

describe("a terminal that is missing or simple", () => {
  test("prints the plan of a release into a closed stdout", async () => {
    const { exitCode, all } = await on({ shell: 'exec "$@" >&-' }).start(DRY_RUN);
    expect(exitCode, all).toBe(0);
    expect(all).not.toMatch(STACK);
  });

  test("ends without a stack trace if the reader of its stdout has ended", async () => {
    const { all } = await on({ shell: '"$@" | true' }).start(DRY_RUN);
    expect(all).not.toMatch(STACK);
  });
});

describeIf("script of util-linux", "a dumb terminal", () => {
  test("gets the plan of a release without control sequences", async () => {
    const shell = 'exec script --quiet --return --command "$*" /dev/null';
    const { exitCode, all } = await on({ env: { TERM: "dumb" }, shell }).start(DRY_RUN);
    expect(exitCode, all).toBe(0);
    expect(all).toContain(PLANNED);
    expect(all).not.toContain("\u001B");
  });
});

describeIf("root on Linux, with util-linux and iproute2", "a user without a passwd entry", () => {
  const machine = {
    wrap: ["setpriv", `--reuid=${UNKNOWN_UID}`, `--regid=${UNKNOWN_UID}`, "--clear-groups"],
    env: { HOME: "/" },
  };

  beforeAll(() => giveTo(clone, UNKNOWN_UID));

  testAll(machine);
});

describeIf("Linux and a C compiler", "a kernel without IPv6", () => {
  let filter: string;
  beforeAll(async () => {
    filter = join(clone.bin, "no-ipv6");
    await run("cc", ["-o", filter, fileURLToPath(new URL("support/no-ipv6.c", import.meta.url))]);
  });

  test("is what the filter simulates", async () => {
    const listen =
      'require("node:net").createServer().listen(0, "::").on("error", ({ code }) => console.log(code))';
    expect(await run(filter, [process.execPath, "--eval", listen])).toBe("EAFNOSUPPORT");
  });
  test("runs pnpm dev and shifts its traffic", async () => {
    await expect(tryDev(on({ wrap: [filter] }))).resolves.toBeUndefined();
  });
});
