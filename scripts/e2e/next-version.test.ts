import * as v from "valibot";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { cli } from "./support/commands.ts";
import { startLoadPod, type Stats } from "./support/load-pod.ts";
import { podsOfApp } from "./support/pods.ts";
import { FRONTEND, prepare } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import { shiftTo, underLoad, weights } from "./support/traffic.ts";

const Deployment = v.object({ metadata: v.object({ generation: v.number() }) });

/** What a new image or a redeployment of the frontend would change. */
async function frontendNow() {
  const deployment = ["deployment", FRONTEND.name, "-n", NAMESPACE];
  const { metadata } = await cluster.kubectl.get(Deployment, deployment);
  const pods = await podsOfApp(FRONTEND.name);
  return { generation: metadata.generation, pods: pods.toSorted() };
}

/** The versions of the backends that the frontend has passed on. */
function versionsIn({ lastSeen }: Stats): string[] {
  const keys = Object.keys(lastSeen).filter((key) => key.startsWith(url(FRONTEND.name)));
  return [...new Set(keys.map((key) => key.slice(key.lastIndexOf(" ") + 1)))].toSorted();
}

async function releaseNext(version: string): Promise<string> {
  const { exitCode, stdout, stderr } = await cli("release:next", "--version", version);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

beforeAll(() => prepare());

test("blue 11, green 12, blue 13, green 14 under load: no request fails, and the frontend stays as it is", async () => {
  const load = await startLoadPod([url(FRONTEND.name), url("echo-backend")]);
  onTestFinished(async () => void (await load.stop()));
  const before = await frontendNow();
  const output: string[] = [];
  const stats = await underLoad(load, async () => {
    await shiftTo("green");
    output.push(await releaseNext("13.0"));
    await shiftTo("blue");
    output.push(await releaseNext("14.0"));
    await shiftTo("green");
  });
  record("blue 11, green 12, blue 13, green 14", { requests: stats.total, failed: stats.failed });
  expect(stats.failures).toEqual([]);
  expect(stats.failed).toBe(0);
  expect(versionsIn(stats)).toEqual(["11.0", "12.0", "13.0", "14.0"]);
  expect(output[0]).toContain("Deploy echo-backend-blue");
  expect(output[1]).toContain("Deploy echo-backend-green");
  expect(output.join()).not.toMatch(/(Build and push|Deploy) \S*echo-frontend/);
  expect(await weights()).toEqual({ blue: 0, green: 100 });
  expect(await frontendNow()).toEqual(before);
});
