import { once } from "node:events";
import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { LeaseLostError, withLease } from "../../src/traffic/lease.ts";
import { type Answer, fixtureTool } from "../support/tools.ts";

const cluster = openCluster({});
const never = new AbortController().signal;
const leaseOf = (holderIdentity: string, renewTime = new Date()): Answer => ({
  when: "get lease",
  stdout: JSON.stringify({
    metadata: { resourceVersion: "1", annotations: { "echo-traffic/shift": "green to 100 %" } },
    spec: { holderIdentity, renewTime },
  }),
});

const untilAborted = async (signal: AbortSignal) => {
  await once(signal, "abort");
  signal.throwIfAborted();
};

test("creates the lease, and releases it after the work", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get lease" }]);
  expect(await withLease(cluster, "intent", never, async () => "done")).toBe("done");
  expect(calls().map(({ args }) => args[0])).toEqual(["get", "create", "replace"]);
  expect(calls().at(-1)?.stdin).toContain('"holderIdentity":""');
});

test("refuses while someone else holds the lease", async () => {
  const calls = fixtureTool("kubectl", [leaseOf("someone@else")]);
  await expect(withLease(cluster, "intent", never, async () => "done")).rejects.toThrow(
    /^someone@else is shifting traffic now \(green to 100 %\)\. No traffic was moved\.\n.*its lock expires in \d+ s\.$/,
  );
  expect(calls().map(({ args }) => args[0])).toEqual(["get"]);
});

test("aborts the work with a LeaseLostError if the lease cannot be renewed, and leaves the lease alone", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get lease", once: true }, leaseOf("someone@else")]);
  const timing = { duration: 45_000, renewEvery: 1, lostAfter: 2 };
  const lost = withLease(cluster, "intent", never, untilAborted, timing);
  await expect(lost).rejects.toBeInstanceOf(LeaseLostError);
  await expect(lost).rejects.toMatchObject({ exitCode: 1 });
  expect(calls().filter(({ args }) => args.includes("replace"))).toEqual([]);
});

test("aborts the work when the command is interrupted, and releases the lease", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get lease" }]);
  const interrupted = new AbortController();
  const work = async (signal: AbortSignal) => {
    interrupted.abort(new Error("interrupted"));
    signal.throwIfAborted();
  };
  await expect(withLease(cluster, "intent", interrupted.signal, work)).rejects.toThrow("interrupted");
  expect(calls().at(-1)?.stdin).toContain('"holderIdentity":""');
});
