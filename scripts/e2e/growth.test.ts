import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { workload } from "../src/domain/workload.ts";
import { oldPodsGone, rolledOut, scale } from "./support/pods.ts";
import { runProgram } from "./support/program.ts";
import { startWaitingPod } from "./support/reach.ts";
import { prepare, resetWorkload } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import { TESTED_MODES } from "./support/traffic.ts";

const BLUE = workload("echo-backend", "blue");
const CLIENT = "client";
const CONNECTIONS = 64;
/** Twice the maximum age of the connections. */
const SECONDS = 10;

const Outcome = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    failed: v.number(),
    perSecond: v.number(),
    p50Ms: v.number(),
    p99Ms: v.number(),
    ownCores: v.number(),
  }),
);

/** Sends as many requests as the connections can, for some seconds. */
async function saturate(seconds: number) {
  const output = await runProgram(CLIENT, "saturate-program", url("echo-backend"), CONNECTIONS, seconds);
  return v.parse(Outcome, output);
}

describe.each(TESTED_MODES)("mode %s", (mode) => {
  beforeAll(async () => {
    await prepare(mode);
    await startWaitingPod(CLIENT, {});
  });

  afterAll(async () => {
    await cluster.kubectl.run(["delete", "pod", CLIENT, "-n", NAMESPACE, "--wait"]);
    await resetWorkload(BLUE);
  });

  test.each([1, 3, 10])(
    "with replicas of the backend: %d, no request fails at the highest rate of 64 connections",
    async (pods) => {
      await scale(BLUE.name, pods);
      await rolledOut(BLUE.name);
      await oldPodsGone(BLUE.name);
      // V8 and the proxy's connections are warm afterwards.
      await saturate(SECONDS / 2);
      const { failed, perSecond, p50Ms, p99Ms, ownCores } = await saturate(SECONDS);
      record(`replicas of the backend: ${pods}, mode ${mode}, ${CONNECTIONS} connections`, {
        "requests per second": Math.round(perSecond),
        "ms p50": Math.round(p50Ms),
        "ms p99": Math.round(p99Ms),
        "cores of the client": Number(ownCores.toFixed(2)),
      });
      expect(failed).toBe(0);
      expect(perSecond).toBeGreaterThan(0);
    },
  );
});
