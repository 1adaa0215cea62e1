import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { workload } from "../src/domain/workload.ts";
import { cli } from "./support/commands.ts";
import { kill, podsOf, revive } from "./support/pods.ts";
import { prepare, setValues } from "./support/state.ts";
import {
  ANY_LATENCY,
  samplesBecome,
  setWeights,
  shiftTo,
  startCanary,
  weights,
  weightsBecome,
} from "./support/traffic.ts";

const GREEN = workload("echo-backend", "green");
const HALF = { blue: 50, green: 50 };
const BLUE = { blue: 100, green: 0 };

beforeAll(() => prepare("gateway"));
beforeEach(() => shiftTo("blue"));

/** Starts green again, and waits until the gateway has learned of its new pods. */
async function reviveGreen(): Promise<void> {
  await revive("green");
  await setWeights(HALF);
  await samplesBecome();
  await setWeights(BLUE);
}

test("completes when the new colour is good, and status shows it", async () => {
  await shiftTo("green", "--steps", "25,100", "--interval", "1s", ...ANY_LATENCY);
  const { stdout } = await cli("shift", "status", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    colors: [
      { color: "blue", weight: 0, observed: 0, pods: "2/2" },
      { color: "green", weight: 100, observed: 100, pods: "2/2" },
    ],
  });
});

test("restores the traffic when pnpm fault lets the new colour fail 20 % of its requests", async () => {
  const refused = await cli("fault", "green", "--errors", "20");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("echo-backend-green takes no faults");
  await setValues(GREEN, "faults=on");
  onTestFinished(() => setValues(GREEN, "faults=off"));
  const pods = await podsOf("green");
  const { stdout } = await cli("fault", "green", "--errors", "20");
  expect(stdout).toMatch(/^green: 20 % errors on 2 pods\n/);
  const { exitCode, stderr } = await cli("shift", "green", "--steps", "25,50,100", "--interval", "2s");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/green is not good enough: [\d.]+ % of its \d+ requests failed/);
  expect(stderr).toContain("The traffic is back at blue 100 %, green 0 %");
  expect(await weights()).toEqual(BLUE);
  expect((await cli("fault", "status")).stdout.match(/^green .* 20 % errors$/gm)).toHaveLength(2);
  expect((await cli("fault", "green", "--clear")).stdout).toBe("green: no faults on 2 pods");
  expect(await podsOf("green")).toEqual(pods);
});

test("restores the traffic when the new colour dies in the middle", async () => {
  const shifting = startCanary();
  await weightsBecome(HALF, shifting);
  onTestFinished(reviveGreen);
  await kill("green");
  const { exitCode, stderr } = await shifting.result;
  expect(exitCode).toBe(1);
  expect(stderr).toContain("The traffic is back at blue 100 %, green 0 %");
  expect(await weights()).toEqual(BLUE);
});

test("holds its lock until Ctrl-C, which restores the traffic", async () => {
  const shifting = startCanary();
  await weightsBecome(HALF, shifting);
  const refused = await cli("shift", "green");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("is shifting traffic now (echo-backend: green to 50, 100 %)");
  shifting.kill("SIGINT");
  const { exitCode, stderr } = await shifting.result;
  expect(exitCode, stderr).toBe(130);
  expect(await weights()).toEqual(BLUE);
});

test("is held by Ctrl-C with --on-interrupt hold, until it is aborted", async () => {
  const shifting = startCanary({ flags: ["--on-interrupt", "hold"] });
  await weightsBecome(HALF, shifting);
  shifting.kill("SIGINT");
  const { exitCode, stderr } = await shifting.result;
  expect(exitCode, stderr).toBe(130);
  expect(await weights()).toEqual(HALF);
  await shiftTo("abort");
  expect(await weights()).toEqual(BLUE);
});
