import * as v from "valibot";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openPlace } from "../../src/traffic/place/open-place.ts";
import type { Place } from "../../src/traffic/place/place.ts";
import { HISTORY, RECORD, readRecord, writeRecord } from "../../src/traffic/lease/record.ts";
import { abort, promote, shift, type ShiftOptions } from "../../src/traffic/shift.ts";
import { shiftHistory } from "../../src/traffic/history.ts";
import { shiftStatus } from "../../src/traffic/status.ts";
import { CONTEXT } from "../support/context.ts";
import { FakePrometheus } from "../support/fake-prometheus.ts";
import { FakeSwitch } from "../support/fake-switch.ts";
import { MemoryLease } from "../support/memory-lease.ts";
import { UNFINISHED } from "../support/shift-record.ts";

vi.mock("../../src/traffic/place/open-place.ts");

const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const GREEN = { blue: 0, green: 100 };
const LIMITS = { intervalMs: 0, maxErrorRate: 1, maxP99Ratio: 2 };

let leases: MemoryLease;
let traffic: FakeSwitch;
let output: string[];
let exitCode: number;

beforeEach(() => {
  leases = new MemoryLease();
  traffic = new FakeSwitch();
  output = [];
  exitCode = 0;
  const place: Place = {
    ...{ leases, open: () => traffic, prepare: async () => undefined, flags: " -n test" },
    removal: (annotation) => `remove ${annotation}`,
    announcer: () => async () => undefined,
    remember: async () => async () => ["Nothing else moved."],
  };
  vi.mocked(openPlace).mockResolvedValue(place);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output.push(...String(text).trimEnd().split("\n"));
    return true;
  });
  onTestFinished(() => void vi.restoreAllMocks());
});

const context = { ...CONTEXT, setExitCode: (code: number) => void (exitCode = code) };
const request = (changes: Partial<ShiftOptions> = {}): ShiftOptions => ({
  ...{ service: "echo-backend", target: { color: "green", percent: 100 }, onInterrupt: "restore" },
  ...changes,
});
const judged = (url: string) =>
  request({ canary: { steps: [50, 100], ...LIMITS, realTraffic: { url, minRequests: 200 } } });
const canary = (...steps: (number | "pause")[]) => request({ canary: { steps, ...LIMITS } });
const record = () => readRecord(leases.stored?.annotations ?? {}, String);
const history = () => JSON.parse(leases.stored?.annotations[HISTORY] ?? "[]");

const events = () => output.map((line) => v.parse(v.looseObject({ event: v.string() }), JSON.parse(line)));

/** Leaves an unfinished shift at 50 %, whose process has crashed. */
function leaveUnfinished(changes: Partial<typeof UNFINISHED> = {}) {
  traffic.weights = HALF;
  leases.put({ annotations: writeRecord({ ...UNFINISHED, ...changes }) });
}

test("a shift ends with a record of what, who, why and the result", async () => {
  await shift(request({ reason: "version 12" }), context);
  expect(traffic.weights).toEqual(GREEN);
  expect(record()).toBeUndefined();
  expect(history()).toMatchObject([
    { service: "echo-backend", origin: BLUE, steps: [100], reason: "version 12", result: "done", failed: 0 },
  ]);
  expect(leases.stored?.holder).toBe("");
  expect(output.at(-1)).toBe("Done: blue 0 %, green 100 %. No request of this shift failed.");
  expect(exitCode).toBe(0);
});

test("the first line comes before the cluster is asked", async () => {
  vi.mocked(openPlace).mockRejectedValue(new Error("no cluster"));
  await expect(shift(canary(5, "pause", 100), context)).rejects.toThrow("no cluster");
  expect(output).toEqual(["echo-backend: green to 5, pause, 100 %"]);
});

test("an accepted shift with failed requests says so in its last line and its exit code", async () => {
  traffic.green = { status: 500 };
  await shift(request(), context);
  expect(output.at(-1)).toBe(
    "Done: blue 0 %, green 100 %. 1000 of the 1000 requests of this shift failed (the first: status 500).",
  );
  expect(exitCode).toBe(2);
});

test("a shift without any change leaves no record", async () => {
  await shift(request({ target: { color: "green", percent: 0 } }), context);
  expect(output.at(-1)).toBe("Nothing to change: blue 100 %, green 0 %.");
  expect(history()).toEqual([]);
});

describe("a pause", () => {
  beforeEach(() => shift(canary(50, "pause", 100), context));

  test("leaves the weights and the record, releases the lock, and names the next commands", () => {
    expect(traffic.history).toEqual([HALF]);
    expect(record()).toMatchObject({ state: "paused", origin: BLUE });
    expect(leases.stored?.holder).toBe("");
    expect(output.slice(-4)).toEqual([
      "Paused at blue 50 %, green 50 %. Next:",
      "  pnpm shift promote -n test  # continue",
      "  pnpm shift abort -n test  # return to blue 100 %, green 0 %",
      "  pnpm shift green --steps 50,pause,100 -n test  # another plan, with the same origin",
    ]);
    expect(exitCode).toBe(0);
  });

  test("is promoted by another process, with the limits of the first", async () => {
    await promote({ onInterrupt: "restore" }, context);
    expect(traffic.history).toEqual([HALF, GREEN]);
    expect(history()).toMatchObject([{ result: "done", origin: BLUE }]);
  });

  test("is not promoted if the colour has become bad", async () => {
    traffic.green = { status: 500 };
    await expect(promote({ onInterrupt: "restore" }, context)).rejects.toThrow("back at blue 100 %");
    expect(traffic.weights).toEqual(BLUE);
    expect(history()).toMatchObject([{ result: "restored" }]);
  });

  test("is aborted by another process", async () => {
    await abort({}, context);
    expect(traffic.history).toEqual([HALF, BLUE]);
    expect(history()).toMatchObject([{ result: "aborted" }]);
  });
});

const pods = (blue: number, green: number) => void (traffic.instances = { blue, green });

describe("the capacity", () => {
  test("of the steps to the next pause is checked before anything moves", async () => {
    pods(4, 2);
    await expect(shift(canary(25, 75, "pause", 100), context)).rejects.toThrow(
      "green has 2 of 3.\nNo traffic was moved.",
    );
    expect(traffic.history).toEqual([]);
    expect(record()).toBeUndefined();
    await shift(canary(25, 50, "pause", 100), context);
    expect(traffic.history).toEqual([{ blue: 75, green: 25 }, HALF]);
  });

  test("after a pause is that of the origin before the shift, although the origin has fewer pods since", async () => {
    pods(4, 2);
    await shift(canary(50, "pause", 100), context);
    pods(2, 3);
    await expect(promote({ onInterrupt: "restore" }, context)).rejects.toThrow("green has 3 of 4.");
    expect(traffic.weights).toEqual(HALF);
    expect(record()).toMatchObject({ state: "paused", originReady: 4 });
    pods(2, 4);
    await promote({ onInterrupt: "restore" }, context);
    expect(traffic.weights).toEqual(GREEN);
    expect(history()[0]).not.toHaveProperty("originReady");
  });

  test("of --min-ready replaces the share, also after a pause", async () => {
    pods(4, 1);
    await shift({ ...canary(50, "pause", 100), minReady: 1 }, context);
    await promote({ onInterrupt: "restore" }, context);
    expect(traffic.weights).toEqual(GREEN);
    pods(1, 4);
    const more = request({ target: { color: "blue", percent: 100 }, minReady: 2 });
    await expect(shift(more, context)).rejects.toThrow("blue has 1 of 2.");
  });

  test("can be set by a promotion", async () => {
    pods(4, 2);
    await shift(canary(50, "pause", 100), context);
    await promote({ onInterrupt: "restore", minReady: 2 }, context);
    expect(traffic.weights).toEqual(GREEN);
  });

  test("counts for the colour that gains traffic, not for the one that the command names", async () => {
    traffic.weights = GREEN;
    pods(1, 4);
    await expect(shift(request({ target: { color: "green", percent: 25 } }), context)).rejects.toThrow(
      "blue has 1 of 3.",
    );
    expect(traffic.history).toEqual([]);
  });

  test("never stops an abort: one pod is enough", async () => {
    pods(4, 4);
    await shift(canary(50, "pause", 100), context);
    pods(1, 4);
    await abort({}, context);
    expect(traffic.weights).toEqual(BLUE);
  });

  test("needs one pod if the origin has none", async () => {
    pods(0, 1);
    await shift(request(), context);
    expect(traffic.weights).toEqual(GREEN);
  });
});

describe("a path that another route has taken", () => {
  test("stops a shift before anything moves", async () => {
    traffic.isBlocked = true;
    await expect(shift(request(), context)).rejects.toThrow(
      "another route has the host name of green\nNo traffic was moved.",
    );
    expect(traffic.history).toEqual([]);
    expect(record()).toBeUndefined();
  });

  test("stops a promotion, and never an abort", async () => {
    leaveUnfinished();
    traffic.isBlocked = true;
    await expect(promote({ onInterrupt: "restore" }, context)).rejects.toThrow("No traffic was moved.");
    expect(traffic.weights).toEqual(HALF);
    await abort({}, context);
    expect(traffic.weights).toEqual(BLUE);
    expect(history()).toMatchObject([{ result: "aborted" }]);
  });
});

describe("an unfinished shift", () => {
  test.each([
    ["shift of the other colour", request({ target: { color: "blue", percent: 100 } })],
    ["shift of the same colour", request()],
    ["canary of another service", { ...canary(50, 100), service: "echo-frontend" as const }],
  ])("refuses a %s, and prints what was found and the next commands", async (_what, options) => {
    leaveUnfinished({ reason: "version 12" });
    const message = await shift(options, context).then(String, (error: Error) => error.message);
    expect(message.split("\n")).toEqual([
      "Unfinished shift: echo-backend: green to 5, 50, pause, 100 %, from blue 100 %, green 0 %.",
      expect.stringMatching(
        /^It did not end.* at blue 50 %, green 50 %\. Started 2026-.* by rival@elsewhere: version 12$/,
      ),
      "No traffic was moved. Finish that shift first:",
      expect.stringContaining("pnpm shift promote -n test"),
      expect.stringContaining("pnpm shift abort -n test"),
      expect.stringContaining("pnpm shift green --steps 50,pause,100 -n test"),
    ]);
    expect(traffic.history).toEqual([]);
    expect(record()).toMatchObject({ origin: BLUE });
  });

  test("is aborted although its colour is bad now, and ends at the origin", async () => {
    leaveUnfinished();
    traffic.green = { status: 500 };
    await abort({}, context);
    expect(traffic.weights).toEqual(BLUE);
    expect(exitCode).toBe(0);
    expect(output).toContainEqual(expect.stringContaining("Unfinished shift: echo-backend"));
  });

  test("gives its origin to a new canary, which returns to it if the colour is bad now", async () => {
    leaveUnfinished();
    traffic.green = { status: 500 };
    await expect(shift(canary(5, 50, 100), context)).rejects.toThrow(
      "The traffic is back at blue 100 %, green 0 %.",
    );
    expect(traffic.weights).toEqual(BLUE);
    expect(history()).toMatchObject([
      { result: "replaced" },
      { result: "restored", origin: BLUE, steps: [50, 100] },
    ]);
  });

  test("is continued by a new canary from its current weight", async () => {
    leaveUnfinished();
    await shift(canary(5, 50, 75, 100), context);
    expect(traffic.history).toEqual([{ blue: 25, green: 75 }, GREEN]);
  });

  test("is promoted after a crash: its step is watched again", async () => {
    leaveUnfinished();
    await promote({ onInterrupt: "restore" }, context);
    expect(traffic.history).toEqual([]);
    expect(record()).toMatchObject({ state: "paused", next: 3 });
  });
});

test("there is nothing to promote or to abort without an unfinished shift", async () => {
  await expect(promote({ onInterrupt: "restore" }, context)).rejects.toThrow(
    "There is no unfinished shift to promote. See the last ones: pnpm shift history -n test",
  );
  await expect(abort({}, context)).rejects.toThrow("There is no unfinished shift to abort.");
  expect(traffic.history).toEqual([]);
});

test("a record that is not readable stops a shift before it moves, with a way out", async () => {
  leases.put({ annotations: { [RECORD]: "{" } });
  await expect(shift(request(), context)).rejects.toThrow(
    /is not readable[^]*: pnpm shift status -n test\n[^]*remove echo-traffic\/record$/,
  );
  expect(traffic.history).toEqual([]);
});

describe("a dry run", () => {
  test("prints each step with its changes, and changes nothing", async () => {
    await shift({ ...canary(25, "pause", 100), dryRun: true }, context);
    expect(output).toContain("1. blue 75 %, green 25 %");
    expect(output).toContain("     HTTPRoute/fake");
    expect(output).toContain("     +   green: 25");
    expect(output).toContain("2. pause, until pnpm shift promote");
    expect(output).toContain("     -   green: 25");
    expect(output.at(-1)).toBe("Nothing was changed.");
    expect(traffic.history).toEqual([]);
    expect(leases.stored).toBeUndefined();
  });

  test("of an abort shows the way back", async () => {
    leaveUnfinished();
    await abort({ dryRun: true }, context);
    expect(output).toContain("     +   blue: 100");
    expect(traffic.history).toEqual([]);
  });

  test("is refused as the shift itself would be", async () => {
    leaveUnfinished();
    await expect(shift(request({ dryRun: true }), context)).rejects.toThrow("Finish that shift first");
  });
});

describe("with a Prometheus as the judge", () => {
  const good = { rate: 20_000, errors: 0, p99: 0.01, age: 1 };
  test.each([
    ["returns HTML", { broken: { status: 200, type: "text/html", body: "<html></html>" } }, "text/html"],
    ["has no rules", { window: undefined }, "has no data of the rules"],
    ["has stale rules", { windowAge: 999 }, "is stale"],
    ["has no data", { colors: {} }, "has no data of echo-backend blue"],
    ["has few requests", { colors: { blue: { ...good, rate: 0 } } }, "counts 0 requests of blue"],
  ])("nothing moves if it %s", async (_what, state, message) => {
    const fake = Object.assign(new FakePrometheus({ blue: good }), state);
    const url = await fake.start();
    const shifted = shift(judged(url), context);
    await expect(shifted).rejects.toThrow(message);
    await expect(shifted).rejects.toThrow("No traffic was moved.");
    expect(traffic.history).toEqual([]);
    expect(record()).toBeUndefined();
    expect(history()).toEqual([]);
  });

  test("an unfinished shift remembers it", async () => {
    const realTraffic = { url: await new FakePrometheus({}).start(), minRequests: 200 };
    leaveUnfinished({ limits: { ...LIMITS, realTraffic } });
    const options = { onInterrupt: "restore" } as const;
    await expect(promote(options, context)).rejects.toThrow(`Prometheus at ${realTraffic.url} has no data`);
    expect(record()).toMatchObject({ limits: { realTraffic } });
  });
});

describe("with --json each line is an object", () => {
  test("of a shift", async () => {
    await shift({ ...canary(50, 100), json: true }, context);
    expect(events().map(({ event }) => event)).toEqual(["start", "plan", "step", "step", "note", "result"]);
    expect(events().at(-1)).toMatchObject({ result: "done", failed: 0, exitCode: 0 });
  });

  test("of a shift that fails", async () => {
    traffic.green = { status: 500 };
    await expect(shift({ ...canary(50, 100), json: true }, context)).rejects.toThrow("not good enough");
    expect(events().at(-1)).toMatchObject({ event: "result", result: "error", exitCode: 1 });
  });
});

describe("the status", () => {
  test("shows the version that each colour responds with", async () => {
    await shiftStatus({ service: "echo-backend" }, context);
    expect(output.join("\n")).toMatch(/blue +13\.0 +100 %[^]*green +- +0 %/);
  });

  test("shows an unfinished shift and the next commands", async () => {
    leaveUnfinished({ state: "paused" });
    await shiftStatus({ service: "echo-backend" }, context);
    expect(output).toContainEqual(expect.stringContaining("It is paused, at blue 50 %, green 50 %."));
    expect(output).toContainEqual(expect.stringContaining("pnpm shift promote -n test"));
  });

  test("shows a shift that runs now, without commands", async () => {
    leaveUnfinished();
    leases.put({ holder: "rival@elsewhere/1" });
    await shiftStatus({ service: "echo-backend" }, context);
    expect(output).toContainEqual(expect.stringContaining("It is running, at blue 50 %"));
    expect(output.join("\n")).not.toContain("pnpm shift promote");
  });

  test("as JSON has the record", async () => {
    leaveUnfinished();
    await shiftStatus({ service: "echo-backend", json: true }, context);
    expect(JSON.parse(output.join("\n"))).toMatchObject({
      shift: { record: { origin: BLUE }, running: false },
    });
  });

  test("shows a record that is not readable, next to the weights", async () => {
    leases.put({ annotations: { [RECORD]: "{" } });
    await shiftStatus({ service: "echo-backend" }, context);
    expect(output.join("\n")).toMatch(/green +- +0 %[\s\S]*is not readable/);
  });
});

test("the history lists the finished shifts, the newest first", async () => {
  await shift(request({ reason: "first" }), context);
  await shift(request({ target: { color: "blue", percent: 100 } }), context);
  output = [];
  await shiftHistory({}, context);
  expect(output[0]).toMatch(/^WHEN +WHO +SERVICE +FROM +TO +RESULT +DURATION +FAILED +REASON$/);
  expect(output[1]).toMatch(/echo-backend +blue 0 %, green 100 % +blue 100 %, green 0 % +done +\d+ s/);
  expect(output[2]).toMatch(/first$/);
  output = [];
  await shiftHistory({ json: true }, context);
  expect(JSON.parse(output.join("\n"))).toMatchObject([
    { from: GREEN, to: BLUE },
    { reason: "first", seconds: 0 },
  ]);
});
