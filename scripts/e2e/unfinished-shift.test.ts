import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { TRAFFIC_RELEASE, workload } from "../src/domain/workload.ts";
import { openClusterLease } from "../src/traffic/lease/cluster-lease.ts";
import { isHeld } from "../src/traffic/lease/lease.ts";
import { cli } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { type LoadPod, startLoadPod } from "./support/load-pod.ts";
import { prepare, setValues } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import {
  ANY_LATENCY,
  setMode,
  shiftTo,
  startCanary,
  underLoad,
  weights,
  weightsBecome,
} from "./support/traffic.ts";

const GREEN = workload("echo-backend", "green");
const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const leases = openClusterLease(cluster);
let load: LoadPod;

beforeAll(async () => {
  await prepare("gateway");
  await setValues(GREEN, "faults=on");
  load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
  await setMode("gateway", load);
});
afterAll(() => load.stop());
beforeEach(() => weightsAre(BLUE));

const weightsAre = async (expected: typeof BLUE) => expect(await weights()).toEqual(expected);

/** Waits until the lock of a process that was frozen has expired. */
async function lockExpires(): Promise<void> {
  await eventually("the lock to expire", async () => {
    const lease = await leases.read();
    return lease === undefined || !isHeld(lease) || undefined;
  });
}

/** Lets the lock of a process that was killed expire at once, as time would. */
async function expireLock(): Promise<void> {
  const spec = { renewTime: "2000-01-01T00:00:00.000000Z" };
  const patch = ["--type=merge", "--patch", JSON.stringify({ spec })];
  await cluster.kubectl.run(["patch", "lease", TRAFFIC_RELEASE, "-n", NAMESPACE, ...patch]);
}

/** Kills a canary at 50 %, and ends its lock. */
async function killCanary(): Promise<void> {
  const shifting = startCanary();
  await weightsBecome(HALF, shifting);
  await shifting.terminate();
  const refused = await cli("shift", "blue");
  expect(refused.stderr).toMatch(/If it has crashed, its lock expires in \d+ s/);
  await expireLock();
}

async function setFault(...args: string[]): Promise<void> {
  const { exitCode, stderr } = await cli("fault", "green", ...args);
  expect(exitCode, stderr).toBe(0);
}

/** Lets green fail half of its requests until the test ends. */
async function makeGreenBad(): Promise<void> {
  onTestFinished(() => setFault("--clear"));
  await setFault("--errors", "50");
}

/** Asserts that the load sees no failure during `work` but the errors that green returns. */
async function failsOnlyByGreen(work: () => Promise<void>): Promise<void> {
  const { failures, total } = await underLoad(load, work);
  const own = /Error: 500 Simulated Error|the backend responded with status 500/;
  expect(failures.filter((failure) => !own.test(failure))).toEqual([]);
  expect(total).toBeGreaterThan(1000);
}

describe("a canary is killed at 50 %, then green is made bad:", () => {
  test("a plain shift is refused, and abort ends at blue 100", async () => {
    await failsOnlyByGreen(async () => {
      await killCanary();
      await makeGreenBad();
      const { exitCode, stderr } = await cli("shift", "blue");
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        "Unfinished shift: echo-backend: green to 50, 100 %, from blue 100 %, green 0 %.",
      );
      expect(stderr).toContain(`pnpm shift abort -n ${NAMESPACE}`);
      expect(await shiftTo("abort")).toContain("Aborted: the traffic is back at blue 100 %, green 0 %.");
    });
    await weightsAre(BLUE);
  });

  test("a new canary ends at blue 100", async () => {
    await failsOnlyByGreen(async () => {
      await killCanary();
      await makeGreenBad();
      const { exitCode, stderr } = await cli("shift", "green", "--steps", "25,50,100", "--interval", "2s");
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /green is not good enough: [\s\S]*The traffic is back at blue 100 %, green 0 %\./,
      );
    });
    await weightsAre(BLUE);
  });
});

const Events = v.object({ items: v.array(v.object({ reason: v.string() })) });

test("two operators: one is frozen for longer than its lock and then continued, and the other's result stands", async () => {
  const { failures, total } = await underLoad(load, async () => {
    const frozen = startCanary();
    await weightsBecome(HALF, frozen);
    frozen.kill("SIGSTOP");
    await lockExpires();
    await shiftTo("green", "--steps", "50,100", "--interval", "1s", ...ANY_LATENCY);
    await weightsAre({ blue: 0, green: 100 });
    const before = await cluster.helm.revision(TRAFFIC_RELEASE);
    frozen.kill("SIGCONT");
    const { exitCode, stderr } = await frozen.result;
    expect(exitCode).toBe(1);
    expect(stderr).toContain("This shift writes nothing more.");
    expect(await cluster.helm.revision(TRAFFIC_RELEASE)).toBe(before);
    await weightsAre({ blue: 0, green: 100 });
    await shiftTo("blue");
  });
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThan(1000);
});

test("a pause outlives its process, is promoted, and leaves its history and its events", async () => {
  const { failures } = await underLoad(load, async () => {
    const steps = ["--steps", "50,pause,100", "--interval", "1s", "--reason", "end to end", ...ANY_LATENCY];
    expect(await shiftTo("green", ...steps)).toContain(`pnpm shift promote -n ${NAMESPACE}`);
    await weightsAre(HALF);
    const { stdout } = await cli("shift", "status", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ shift: { running: false, record: { state: "paused" } } });
    await shiftTo("promote");
    await weightsAre({ blue: 0, green: 100 });
    await shiftTo("blue");
  });
  expect(failures).toEqual([]);
  const { stdout } = await cli("shift", "history", "--json");
  // Earlier tests have shifted too. The newest shift is the first.
  expect(v.parse(v.array(v.unknown()), JSON.parse(stdout)).slice(0, 2)).toMatchObject([
    { result: "done", to: BLUE },
    { result: "done", from: BLUE, to: { blue: 0, green: 100 }, reason: "end to end" },
  ]);
  const of = `involvedObject.kind=Service,involvedObject.name=echo-backend`;
  const { items } = await cluster.kubectl.get(Events, ["events", "-n", NAMESPACE, "--field-selector", of]);
  const reasons = items.map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(["ShiftStep", "ShiftPaused", "ShiftDone"]));
});

test("an accepted shift with failed requests ends with exit code 2", async () => {
  await makeGreenBad();
  const { exitCode, stdout } = await cli("shift", "--green", "25");
  expect(exitCode).toBe(2);
  expect(stdout.split("\n").at(-1)).toMatch(
    /^Done: .* \d+ of the \d+ requests of this shift failed \(the first: status 500\)\.$/,
  );
  await setFault("--clear");
  await shiftTo("blue");
});

test("a dry run shows the changed weights of the route, and changes nothing", async () => {
  const before = await cluster.helm.revision(TRAFFIC_RELEASE);
  const stdout = await shiftTo("green", "--steps", "25,100", "--dry-run");
  expect(stdout).toMatch(
    /1\. blue 75 %, green 25 %\n +HTTPRoute\/echo-backend\n[\s\S]*- +weight: 100\n +\+ +weight: 75/,
  );
  expect(await cluster.helm.revision(TRAFFIC_RELEASE)).toBe(before);
});
