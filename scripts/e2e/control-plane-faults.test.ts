import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { TRAFFIC_RELEASE, workload } from "../src/domain/workload.ts";
import { type ApiProxy, startApiProxy } from "./support/api-proxy.ts";
import { cli, inNamespace, type RunningCommand, start } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { remove, rolledOut } from "./support/pods.ts";
import { prepare, setValues } from "./support/state.ts";
import { cluster, curl, NAMESPACE, url } from "./support/system.ts";
import { shiftTo, startCanary, weights, weightsBecome } from "./support/traffic.ts";

/** The length of the fault. It is below the minute that a command keeps trying. */
const AWAY_MS = 20_000;
const HALF = { blue: 50, green: 50 };
const GREEN = workload("echo-backend", "green");
const Lease = v.object({ spec: v.object({ holderIdentity: v.string() }) });
const { kubectl, helm } = cluster;

beforeAll(() => prepare("gateway"));
beforeEach(() => shiftTo("blue"));

/** Asserts that the shift completed: green has all traffic, no lock is held, and each release is in one piece. */
async function expectShifted(): Promise<void> {
  expect(await weights()).toEqual({ blue: 0, green: 100 });
  await expectConsistent();
}

async function expectConsistent(): Promise<void> {
  const { spec } = await kubectl.get(Lease, ["lease", TRAFFIC_RELEASE, "-n", NAMESPACE]);
  expect(spec.holderIdentity).toBe("");
  const releases = await helm.list();
  expect(releases.filter(({ status }) => status !== "deployed")).toEqual([]);
}

describe("the jumpbox is recreated, and the shift completes,", () => {
  test("when it is gone before a shift", async () => {
    await remove("jumpbox");
    expect(await shiftTo("green")).toContain("observed green 100.0 %");
    await expectShifted();
  });

  test("when it disappears in the middle of a canary", async () => {
    const shifting = startCanary({ interval: "8s" });
    await weightsBecome(HALF, shifting);
    await remove("jumpbox");
    const { exitCode, stderr } = await shifting.result;
    expect(exitCode, stderr).toBe(0);
    await expectShifted();
  });
});

describe("when the API server is away for 20 s", () => {
  let proxy: ApiProxy;

  beforeAll(async () => {
    proxy = await startApiProxy();
  });
  afterAll(() => proxy.stop());

  test("as the weights change, the shift waits and completes", async () => {
    const shifting = start(inNamespace(["shift", "green"]), proxy.env);
    await shifting.untilLine(/80: blue 100 %, green 0 %$/);
    await proxy.away(AWAY_MS);
    const { exitCode, stderr } = await shifting.result;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("The API server does not respond");
    await expectShifted();
  });

  test("in the middle of a canary, it keeps its lock, waits and completes", async () => {
    const shifting = startCanary({ interval: "8s", env: proxy.env });
    await weightsBecome(HALF, shifting);
    await proxy.away(AWAY_MS);
    const { exitCode, stderr } = await shifting.result;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("The API server does not respond");
    await expectShifted();
  });

  test("in the middle of a deployment, the release completes", async () => {
    await setValues(GREEN, "digest=");
    onTestFinished(async () => void (await cli("release:green")));
    const releasing = start(inNamespace(["release:green"]), proxy.env);
    expect(await pendingStatus(releasing)).toBe("pending-upgrade");
    await proxy.away(AWAY_MS);
    const { exitCode, stderr } = await releasing.result;
    expect(exitCode, stderr).toBe(0);
    await rolledOut(GREEN.name);
    expect(await curl(url(GREEN.name))).toEqual(['{"version":"12.0"}']);
    await expectConsistent();
  });
});

/** Waits until helm is in the middle of an upgrade of green. @returns the status that helm gives it */
async function pendingStatus(release: RunningCommand): Promise<string> {
  let ended = false;
  void release.result.finally(() => (ended = true)).catch(() => undefined);
  return eventually(
    "an upgrade of green",
    async () => {
      if (ended) throw new Error(`The release ended before: ${(await release.result).stderr}`);
      const status = await helm.status(GREEN.name);
      return status?.startsWith("pending-") ? status : undefined;
    },
    { intervalMs: 100 },
  );
}
