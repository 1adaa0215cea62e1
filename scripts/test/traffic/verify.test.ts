import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { connectCluster } from "../../src/adapters/checks.ts";
import { openCluster } from "../../src/adapters/cluster.ts";
import { openClusterPlace } from "../../src/traffic/place/cluster-place.ts";
import { readLiveWeights } from "../../src/traffic/stable-name/live-weights.ts";
import type { Place } from "../../src/traffic/place/place.ts";
import { verifyShift, type VerifyOptions } from "../../src/traffic/verify.ts";
import { CONTEXT } from "../support/context.ts";
import { FakeSwitch } from "../support/fake-switch.ts";
import { MemoryLease } from "../support/memory-lease.ts";

vi.mock("../../src/adapters/checks.ts");
vi.mock("../../src/traffic/place/cluster-place.ts");
vi.mock("../../src/traffic/stable-name/live-weights.ts");

const BLUE = { blue: 100, green: 0 };
const HALF = { blue: 50, green: 50 };
const leases = new MemoryLease();

let traffic: FakeSwitch;
let output: string[];
let exitCode: number;
let moved: string | undefined;

beforeEach(() => {
  traffic = new FakeSwitch(HALF);
  output = [];
  exitCode = 0;
  moved = undefined;
  const cluster = openCluster({});
  cluster.jumpbox.ensure = vi.fn<typeof cluster.jumpbox.ensure>();
  vi.mocked(connectCluster).mockResolvedValue(cluster);
  const place: Place = {
    ...{ leases, open: () => traffic, prepare: async () => undefined, flags: "" },
    removal: String,
    announcer: () => async () => undefined,
    remember: async () => async () => {
      if (moved !== undefined) throw new Error(moved);
      return ["Nothing else moved."];
    },
  };
  vi.mocked(openClusterPlace).mockReturnValue(place);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    output.push(...String(text).trimEnd().split("\n"));
    return true;
  });
  onTestFinished(() => void vi.restoreAllMocks());
});

/** The weights that the cluster has, at each look. */
function clusterHas(...states: Awaited<ReturnType<typeof readLiveWeights>>[]) {
  vi.mocked(readLiveWeights).mockReset();
  for (const state of states) vi.mocked(readLiveWeights).mockResolvedValueOnce(state);
  const last = states.at(-1);
  if (last) vi.mocked(readLiveWeights).mockResolvedValue(last);
}

const verify = (changes: Partial<VerifyOptions> = {}) =>
  verifyShift(
    { service: "echo-backend", target: { color: "green", percent: 50 }, timeout: 0, ...changes },
    { ...CONTEXT, setExitCode: (code) => void (exitCode = code) },
  );

test("proves weights that someone else has applied, and writes nothing", async () => {
  clusterHas({ weights: HALF, problem: undefined });
  await verify();
  expect(output[0]).toBe("verify echo-backend: blue 50 %, green 50 %");
  expect(output).toContain("the cluster has blue 50 %, green 50 %");
  expect(output).toContainEqual(expect.stringMatching(/^fake: observed green 50\.0 % of 1000 requests/));
  expect(output.slice(-2)).toEqual([
    "Nothing else moved.",
    "Verified: blue 50 %, green 50 %. None of 1000 requests failed.",
  ]);
  expect(traffic.history).toEqual([]);
  expect(leases.writes).toEqual([]);
});

test("waits until the weights are there and the gateway accepts them", async () => {
  clusterHas(
    { weights: BLUE, problem: undefined },
    { weights: HALF, problem: "HTTPRoute echo-backend: Accepted is False" },
    { weights: HALF, problem: undefined },
  );
  await verify({ timeout: 600_000, pollMs: 1 });
  expect(readLiveWeights).toHaveBeenCalledTimes(3);
  expect(output.at(-1)).toContain("Verified");
});

test("takes the weights of the cluster without a target", async () => {
  clusterHas({ weights: HALF, problem: undefined });
  await verify({ target: undefined });
  expect(output.at(-1)).toContain("Verified: blue 50 %, green 50 %.");
});

test.each([
  [
    "other weights",
    { weights: BLUE, problem: undefined },
    "The cluster has blue 100 %, green 0 % for echo-backend",
  ],
  [
    "no weights",
    { weights: undefined, problem: undefined },
    "The cluster has no weights of the colours for echo-b",
  ],
  [
    "a rejected route",
    { weights: HALF, problem: "HTTPRoute x: no" },
    "expected blue 50 %, green 50 %. HTTPRoute x: no.",
  ],
])("fails with what is there if the cluster has %s", async (_what, state, message) => {
  clusterHas(state);
  await expect(verify()).rejects.toThrow(message);
});

test("ends with exit code 2 if requests failed", async () => {
  traffic.green = { status: 500 };
  clusterHas({ weights: HALF, problem: undefined });
  await verify();
  expect(output.at(-1)).toContain("500 of 1000 requests failed.");
  expect(exitCode).toBe(2);
});

test("fails if something else changed meanwhile", async () => {
  moved = "something else changed";
  clusterHas({ weights: HALF, problem: undefined });
  await expect(verify()).rejects.toThrow("something else changed");
});
