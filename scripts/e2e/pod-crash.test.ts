import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { DEFAULT_NAMESPACE, workload } from "../src/domain/workload.ts";
import { ROOT } from "../src/lib/paths.ts";
import { type LoadPod, startLoadPod, type Stats } from "./support/load-pod.ts";
import { crash, podOf, remove, rolledOut } from "./support/pods.ts";
import { prepare, setValues } from "./support/state.ts";
import { cluster, curl, NAMESPACE, url } from "./support/system.ts";
import { GATEWAY_CLASS, setMode, TESTED_MODES, underLoad } from "./support/traffic.ts";

/** Enough requests to notice a failure that lasts. */
const thousandRequests = () => curl(url("echo-backend"), 1000);

const BLUE = workload("echo-backend", "blue");

let load: LoadPod;

beforeAll(async () => {
  await prepare(TESTED_MODES[0]);
  // Opens the debugger, through which a pod can be made to crash.
  await setValues(BLUE, "extraEnv[0].name=NODE_OPTIONS", "extraEnv[0].value=--inspect");
  load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
  return load.stop;
});

/** Kills a live pod, and returns what the load sees until another one has taken its place. */
async function lossOf(kill: (pod: string) => Promise<void>): Promise<Stats> {
  const pod = await podOf(BLUE.name);
  return underLoad(load, async () => {
    await kill(pod);
    await rolledOut(BLUE.name);
    await thousandRequests();
  });
}

describe.each(TESTED_MODES)("in mode %s", (mode) => {
  beforeAll(() => setMode(mode, load));

  test.each([
    { how: "crashes", kill: crash },
    { how: "is deleted by force", kill: (pod: string) => remove(pod) },
  ])("a live pod that $how fails requests only until its endpoint is gone", async ({ how, kill }) => {
    const { total, failed } = await lossOf(kill);
    record(`a live pod ${how}, 2 replicas, mode ${mode}`, { requests: total, failed });
    expect(total).toBeGreaterThan(200);
    // The other pod serves its half all along.
    expect(failed).toBeLessThan(total / 2);
    expect((await underLoad(load, thousandRequests)).failures).toEqual([]);
  });
});

/** Applies or deletes the first example of docs/gateways.md, in the namespace of the tests. */
async function kubectlRetries(action: "apply" | "delete"): Promise<void> {
  const [, example = ""] = /```yaml\n(.*?)```/s.exec(readFileSync(`${ROOT}docs/gateways.md`, "utf8")) ?? [];
  const input = example.replaceAll(DEFAULT_NAMESPACE, NAMESPACE);
  await cluster.kubectl.run([action, "-f", "-"], { input });
}

/** The class of the example, if the tests run on it. */
const RETRYING = ["eg"].filter((name) => name === GATEWAY_CLASS);

describe.each(RETRYING)("with the retries of docs/gateways.md, class %s", () => {
  beforeAll(async () => {
    await setMode("gateway", load);
    await kubectlRetries("apply");
    return () => kubectlRetries("delete");
  });

  test("a request that cannot connect to a pod that crashed is sent again", async () => {
    const { total, failed, failures } = await lossOf(crash);
    record("a live pod crashes, 2 replicas, Envoy Gateway with retries", { requests: total, failed });
    expect(total).toBeGreaterThan(200);
    // A few fail: those in progress, and those whose every retry chose the same pod.
    expect(failures.join("\n")).not.toContain("headers. reset reason: remote connection failure");
  });
});
