import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { compareSnapshots, takeSnapshot } from "../src/traffic/place/snapshot.ts";
import { countOf } from "../src/domain/sample.ts";
import { binomialInterval } from "../src/domain/statistics.ts";
import { cliWith, inNamespace, start } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { type LoadPod, startLoadPod, type Stats } from "./support/load-pod.ts";
import { prepare } from "./support/state.ts";
import { cluster, url } from "./support/system.ts";
import {
  backendSwitch,
  setMode,
  setWeights,
  shiftTo,
  TESTED_MODES,
  underLoad,
  upgradeTraffic,
  weights,
} from "./support/traffic.ts";

/** As the charts set it, in ms. */
const CONNECTION_MAX_AGE_MS = 5000;

describe.each(TESTED_MODES)("mode %s", (mode) => {
  let load: LoadPod;

  beforeAll(async () => {
    await prepare(mode);
    load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
    await setMode(mode, load);
    return load.stop;
  });

  test("20 shifts back and forth fail no request and change no pod", async () => {
    const before = await takeSnapshot(cluster);
    const { total, failed, failures } = await underLoad(load, async () => {
      for (let i = 0; i < 10; i++) for (const color of ["green", "blue"]) await shiftTo(color);
    });
    record(`20 shifts, mode ${mode}`, { requests: total, failed });
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(total).toBeGreaterThan(1000);
    expect(compareSnapshots(before, await takeSnapshot(cluster))).toEqual({ moved: [], scaled: [] });
  });

  // The duration is the promise: a keep-alive connection leaves the old colour at its maximum age. The clock is the load
  // pod's alone. It starts when new connections stop reaching the old colour, because a cluster takes its own time to
  // spread a switch.
  test("the old colour serves no request later than the connections' age and 2 s after a full shift", async () => {
    await shiftTo("blue");
    await load.reset();
    await setWeights({ blue: 0, green: 100 });
    const { now: switchedAt } = await load.stats();
    const stats = await eventually(
      "no response from the old colour for twice the connections' age",
      async () => {
        const current = await load.stats();
        return current.now - lastOfBlue(current) > 2 * CONNECTION_MAX_AGE_MS ? current : undefined;
      },
    );
    const followedAt = Math.max(switchedAt, lastOfBlue(stats, `${url("echo-backend")} new `));
    record(`last response of the old colour, mode ${mode}`, {
      "ms after the shift": Math.max(0, lastOfBlue(stats) - switchedAt),
      "ms after the last new connection": Math.max(0, lastOfBlue(stats) - followedAt),
    });
    expect(Number.isFinite(lastOfBlue(stats))).toBe(true);
    expect(lastOfBlue(stats) - followedAt).toBeLessThanOrEqual(CONNECTION_MAX_AGE_MS + 2000);
    await shiftTo("blue");
  });
});

/** The time of blue's last response, to all requests or to those whose key starts with `prefix`. */
function lastOfBlue({ lastSeen }: Stats, prefix = ""): number {
  const times = Object.entries(lastSeen).flatMap(([key, time]) =>
    key.startsWith(prefix) && key.endsWith(" 11.0") ? [time] : [],
  );
  return Math.max(...times);
}

describe("weights in mode gateway", () => {
  beforeAll(() => prepare("gateway"));
  afterAll(() => shiftTo("blue"));

  test.each([10, 25, 50, 75, 90])(
    "a weight of %d percent for green holds over 4,000 requests",
    async (percent) => {
      await shiftTo("--green", String(percent));
      const green = countOf(await backendSwitch.sample(4000), "green");
      const [least, most] = binomialInterval(4000, percent / 100, 0.999);
      record(`weight ${percent} %`, { "green of 4,000": green, least, most });
      expect(green).toBeGreaterThanOrEqual(least);
      expect(green).toBeLessThanOrEqual(most);
    },
  );

  test("pnpm shift verify proves a shift that helm applies with the values of --print-values", async () => {
    const { stdout: values } = await cliWith(["shift", "--green", "25", "--print-values"]);
    const verify = start(inNamespace(["shift", "verify", "--green", "25"]));
    await verify.untilLine(/^verify echo-backend: blue 75 %, green 25 %$/);
    await upgradeTraffic(["--values", "-"], values);
    const { exitCode, stdout, stderr } = await verify.result;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^Verified: blue 75 %, green 25 %\. None of \d+ requests failed\.$/m);
    expect(await weights()).toEqual({ blue: 75, green: 25 });
  });
});
