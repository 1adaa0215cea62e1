import * as v from "valibot";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TRAFFIC_RELEASE } from "../src/domain/workload.ts";
import type { Mode } from "../src/domain/mode.ts";
import { waitFor } from "../src/lib/wait.ts";
import { type ApiProxy, startApiProxy } from "./support/api-proxy.ts";
import { crash, podsOf, releaseAll, rolledOut, setValues } from "./support/backends.ts";
import { dropsConnection, isFull, refusesLogin, startRegistry } from "./support/faulty-registry.ts";
import { type Load, startLoad } from "./support/load.ts";
import { record } from "./support/record.ts";
import { ask, cliWith, cluster, NAMESPACE, start, url } from "./support/system.ts";
import { setMode, shiftTo, underLoad, weights, weightsBecome } from "./support/traffic.ts";

const AWAY_MS = 20_000;
const CANARY = ["shift", "--namespace", NAMESPACE, "green", "--steps", "50,100", "--interval", "8s"];
const Lease = v.object({ spec: v.object({ holderIdentity: v.string() }) });
const { kubectl, helm } = cluster;

beforeAll(releaseAll);

/** Nothing half: no lock is held, and each release is in one piece. */
async function expectConsistent(): Promise<void> {
  const { spec } = await kubectl.get(Lease, ["lease", TRAFFIC_RELEASE, "-n", NAMESPACE]);
  expect(spec.holderIdentity).toBe("");
  const releases = await helm.list();
  expect(releases.filter(({ status }) => status !== "deployed")).toEqual([]);
}

/** Enough requests to notice what goes on failing. */
function answers(): Promise<string[]> {
  return ask(url("echo-backend"), 1000);
}

/** The status of green's release while an upgrade of it goes on. */
async function pendingStatus(): Promise<string | undefined> {
  const status = await helm.status("echo-backend-green");
  return status?.startsWith("pending-") ? status : undefined;
}

async function remove(pod: string, namespace: string): Promise<void> {
  await kubectl.run(["delete", "pod", pod, "-n", namespace, "--force", "--grace-period=0"]);
}

// Mode gateway last: what follows needs it.
describe.each<Mode>(["service", "gateway"])("in mode %s", (mode) => {
  let load: Load;

  beforeAll(async () => {
    await shiftTo("blue");
    load = await startLoad([url("echo-frontend-blue"), url("echo-backend")]);
    await setMode(mode, load);
  });
  afterAll(() => load.stop());

  test.each([
    { how: "crashes", kill: crash },
    { how: "is deleted by force", kill: (pod: string) => remove(pod, NAMESPACE) },
  ])("a live pod that $how fails requests only until its endpoint is gone", async ({ how, kill }) => {
    const [pod = ""] = await podsOf("blue");
    const { total, failed } = await underLoad(load, async () => {
      await kill(pod);
      await rolledOut("blue");
      await answers();
    });
    record(`a live pod ${how}, 2 replicas, mode ${mode}`, { requests: total, failed });
    expect(total).toBeGreaterThan(200);
    // The other pod answers its half all along.
    expect(failed).toBeLessThan(total / 2);
    expect((await underLoad(load, answers)).failures).toEqual([]);
  });
});

describe("the jumpbox is gone", () => {
  test("before a shift: it is made anew", async () => {
    await shiftTo("blue");
    await remove("jumpbox", "default");
    expect(await shiftTo("green")).toContain("observed green 100.0 %");
    await expectConsistent();
  });

  test("in the middle of a canary: it is made anew, and the canary goes on", async () => {
    await shiftTo("blue");
    const shifting = start(CANARY);
    await weightsBecome({ blue: 50, green: 50 });
    await remove("jumpbox", "default");
    const { exitCode, stderr } = await shifting;
    expect(exitCode, stderr).toBe(0);
    expect(await weights()).toEqual({ blue: 0, green: 100 });
    await expectConsistent();
  });
});

describe("the API server is away for 20 s", () => {
  let proxy: ApiProxy;

  beforeAll(async () => {
    proxy = await startApiProxy();
  });
  afterAll(() => proxy.stop());
  beforeEach(() => shiftTo("blue"));

  test("at the moment that the weights change: the shift waits and goes on", async () => {
    const shifting = start(["shift", "--namespace", NAMESPACE, "green"], proxy.env);
    let away: Promise<void> | undefined;
    for await (const line of shifting)
      if (line.endsWith("80: blue 100 %, green 0 %")) away = proxy.away(AWAY_MS);
    await away;
    const { exitCode, stderr } = await shifting;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("The API server does not answer");
    expect(await weights()).toEqual({ blue: 0, green: 100 });
    await expectConsistent();
  });

  test("in the middle of a canary: it waits, keeps its lock and goes on", async () => {
    const shifting = start(CANARY, proxy.env);
    await weightsBecome({ blue: 50, green: 50 });
    await proxy.away(AWAY_MS);
    const { exitCode, stderr } = await shifting;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain("The API server does not answer");
    expect(await weights()).toEqual({ blue: 0, green: 100 });
    await expectConsistent();
  });

  test("in the middle of a deployment: the release is whole afterwards", async () => {
    await setValues("green", "digest=");
    const releasing = start(["release:green", "--namespace", NAMESPACE], proxy.env);
    const pending = await waitFor(pendingStatus, { timeoutMs: 120_000, intervalMs: 100 });
    expect(pending).toBe("pending-upgrade");
    await proxy.away(AWAY_MS);
    const { exitCode, stderr } = await releasing;
    expect(exitCode, stderr).toBe(0);
    await rolledOut("green");
    expect(await ask(url("echo-backend-green"))).toEqual(['{"version":"12.0"}']);
    await expectConsistent();
  });
});

const REGISTRY_FAULTS = [
  { fault: refusesLogin, reason: /docker login[^]*401 Unauthorized/ },
  { fault: isFull, reason: /docker push[^]*507 Insufficient Storage/ },
  { fault: dropsConnection, reason: /docker push[^]*(EOF|reset|broken pipe|closed network connection)/ },
];

// All at once: docker tries for most of a minute.
test("a registry that refuses the login, is full, or drops the connection ends the release, and nothing is deployed", async () => {
  const before = await helm.list();
  const releases = REGISTRY_FAULTS.map(async ({ fault, reason }) => {
    const registry = await startRegistry(fault);
    const release = ["release:blue", "--namespace", NAMESPACE, "--registry", registry.name, "--yes"];
    const { exitCode, stderr } = await cliWith(release);
    registry.stop();
    return { exitCode, stderr, reason };
  });
  for (const { exitCode, stderr, reason } of await Promise.all(releases)) {
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain("not done: Deploy echo-backend-blue");
  }
  expect(await helm.list()).toEqual(before);
});
