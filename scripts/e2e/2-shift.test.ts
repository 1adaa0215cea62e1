import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareSnapshots, takeSnapshot } from "../src/traffic/snapshot.ts";
import { countOf } from "../src/domain/sample.ts";
import { binomialInterval } from "../src/domain/statistics.ts";
import type { Mode } from "../src/domain/mode.ts";
import { waitFor } from "../src/lib/wait.ts";
import { releaseAll } from "./support/backends.ts";
import { type Load, startLoad } from "./support/load.ts";
import { record } from "./support/record.ts";
import { cluster, url } from "./support/system.ts";
import { name, setMode, shiftTo, underLoad } from "./support/traffic.ts";

/** As the charts set it, in ms. */
const CONNECTION_MAX_AGE_MS = 5000;
let load: Load;

beforeAll(async () => {
  await releaseAll();
  load = await startLoad([url("echo-frontend-blue"), url("echo-backend")]);
});

afterAll(() => load.stop());

describe.each<Mode>(["service", "gateway"])("mode %s", (mode) => {
  beforeAll(() => setMode(mode, load));

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

  test("after a full shift the old colour answers for the connections' age and 2 s at most", async () => {
    await shiftTo("blue");
    await load.reset();
    await name.setWeights({ blue: 0, green: 100 });
    const { now: switchedAt } = await load.stats();
    const lastOfBlue = await waitFor(
      async () => {
        const { lastSeen, now } = await load.stats();
        const times = Object.entries(lastSeen).flatMap(([key, time]) =>
          key.endsWith(" 11.0") ? [time] : [],
        );
        const last = Math.max(...times);
        return now - last > 2 * CONNECTION_MAX_AGE_MS ? last : undefined;
      },
      { timeoutMs: 60_000 },
    );
    expect(lastOfBlue).toBeDefined();
    const lingered = Math.max(0, (lastOfBlue ?? 0) - switchedAt);
    record(`last answer of the old colour, mode ${mode}`, { "ms after the shift": lingered });
    expect(lingered).toBeLessThanOrEqual(CONNECTION_MAX_AGE_MS + 2000);
    await shiftTo("blue");
  });
});

describe("weights", () => {
  test.each([10, 25, 50, 75, 90])("a weight of %d for green holds over 4,000 requests", async (percent) => {
    await shiftTo("--green", String(percent));
    const green = countOf(await name.sample(4000), "green");
    const [least, most] = binomialInterval(4000, percent / 100, 0.999);
    record(`weight ${percent} %`, { "green of 4,000": green, least, most });
    expect(green).toBeGreaterThanOrEqual(least);
    expect(green).toBeLessThanOrEqual(most);
  });
});
