import { once } from "node:events";
import os from "node:os";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { UserError } from "../../../src/lib/errors.ts";
import { type HeldLease, LeaseLostError, withLease } from "../../../src/traffic/lease/lease.ts";
import { MemoryLease } from "../../support/memory-lease.ts";

const never = new AbortController().signal;
/** A renewal comes at once, and a holder of half a second has crashed. */
const TIMING = { duration: 500, renewEvery: 1, lostAfter: 300, retryEvery: 1 };
/** No renewal happens during the test. */
const QUIET = { ...TIMING, renewEvery: 3_600_000 };
const RIVAL = "rival@elsewhere/1";

const takeOver = (store: MemoryLease) => store.put({ holder: RIVAL, annotations: { theirs: "1" } });
const expectTheirs = (store: MemoryLease) =>
  expect(store.stored).toMatchObject({ holder: RIVAL, annotations: { theirs: "1" } });

const away = () => {
  throw new UserError("connection refused");
};

const attempt = (store: MemoryLease, timing = TIMING) =>
  withLease(store, "intent", never, async () => "done", { timing });

let printed: string[];
beforeEach(() => {
  printed = [];
  const write = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  onTestFinished(() => write.mockRestore());
});

const untilAborted = async ({ signal }: HeldLease) => {
  if (!signal.aborted) await once(signal, "abort");
  signal.throwIfAborted();
};

test("creates the lease, and releases it after the work", async () => {
  const store = new MemoryLease();
  expect(await withLease(store, "intent", never, async () => "done", { timing: QUIET })).toBe("done");
  expect(store.writes.map(({ holder }) => holder !== "")).toEqual([true, false]);
});

test("keeps the annotations that it finds, and those that the work writes", async () => {
  const store = new MemoryLease({ annotations: { theirs: "1", old: "2" } });
  await withLease(store, "intent", never, ({ annotate }) => annotate({ ours: "3", old: undefined }), {
    timing: QUIET,
  });
  expect(store.stored?.annotations).toEqual({ "echo-traffic/shift": "intent", theirs: "1", ours: "3" });
});

test("aborts the work when the command is interrupted, and releases the lease", async () => {
  const store = new MemoryLease();
  const interrupted = new AbortController();
  const work = async ({ signal }: HeldLease) => {
    interrupted.abort(new Error("interrupted"));
    signal.throwIfAborted();
  };
  await expect(withLease(store, "intent", interrupted.signal, work, { timing: QUIET })).rejects.toThrow(
    "interrupted",
  );
  expect(store.stored?.holder).toBe("");
});

test("names a user id without a name by its number", async () => {
  const userInfo = vi.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("ENOENT: no such file or directory, uv_os_get_passwd");
  });
  onTestFinished(() => userInfo.mockRestore());
  const user = await withLease(new MemoryLease(), "intent", never, async (held) => held.user, {
    timing: QUIET,
  });
  expect(user).toMatch(/^uid-\d+@/);
});

describe("while someone else holds the lease", () => {
  const held = { holder: RIVAL, annotations: { "echo-traffic/shift": "green to 100 %" } };
  test("refuses, and says what they do", async () => {
    const store = new MemoryLease(held);
    await expect(attempt(store, { ...TIMING, duration: 45_000 })).rejects.toThrow(
      /^rival@elsewhere\/1 is shifting traffic now \(green to 100 %\)\. No traffic was moved\.\n.*its lock expires in \d\d s\.$/,
    );
    expect(store.writes).toEqual([]);
  });

  test("takes over what a crashed holder left, and says so", async () => {
    const store = new MemoryLease({ ...held, renewTime: "2020-01-01T00:00:00.000Z" });
    expect(await attempt(store)).toBe("done");
    expect(printed.join("")).toContain("The last shift (green to 100 %, by rival@elsewhere/1) did not end.");
  });

  test("refuses a holder whose clock is late, if it renews", async () => {
    const store = new MemoryLease({ ...held, renewTime: "2020-01-01T00:00:00.000Z" });
    const { read } = store;
    store.read = () => {
      const found = read();
      store.put({ renewTime: "2020-01-01T00:00:05.000Z" });
      return found;
    };
    await expect(attempt(store)).rejects.toThrow("is shifting traffic now");
    expect(store.writes).toEqual([]);
  });

  test("does not count with a time in the far future, but waits for a renewal", async () => {
    const store = new MemoryLease({ ...held, renewTime: "2098-01-01T00:00:00.000Z" });
    expect(await attempt(store)).toBe("done");
    expect(printed.join("")).toContain("has a time in the future. Waiting 1 s for a renewal");
  });

  test("never names a longer time than a lease lasts", async () => {
    const store = new MemoryLease({ ...held, durationSeconds: 2_000_000_000 });
    const message = await attempt(store, { ...TIMING, duration: 45_000 }).catch(String);
    expect(message).toMatch(/expires in 4[0-5] s\.$/);
  });
});

describe("a process that was frozen for longer than its lease, while a rival took it,", () => {
  test("between two renewals: the work is aborted, and nothing more is written", async () => {
    const store = new MemoryLease();
    const work = async (held: HeldLease) => {
      takeOver(store);
      await untilAborted(held);
    };
    const lost = withLease(store, "intent", never, work, { timing: TIMING });
    await expect(lost).rejects.toBeInstanceOf(LeaseLostError);
    await expect(lost).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining(RIVAL) });
    expectTheirs(store);
  });

  test.each([
    ["change of the traffic", ({ confirm }: HeldLease) => confirm()],
    ["write of the record", ({ annotate }: HeldLease) => annotate({ ours: "1" })],
  ])("before a %s: it is refused, and nothing more is written", async (_what, write) => {
    const store = new MemoryLease();
    const work = async (held: HeldLease) => {
      takeOver(store);
      await write(held);
    };
    await expect(withLease(store, "intent", never, work, { timing: QUIET })).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expectTheirs(store);
  });

  test("before the release: the rival keeps the lease", async () => {
    const store = new MemoryLease();
    const work = async () => takeOver(store);
    await withLease(store, "intent", never, work, { timing: QUIET });
    expectTheirs(store);
    expect(printed.join("")).toContain("The lock of the shift was not released.");
  });
});

test("a lease that was removed is lost", async () => {
  const store = new MemoryLease();
  const work = async ({ confirm }: HeldLease) => {
    store.stored = undefined;
    await confirm();
  };
  await expect(withLease(store, "intent", never, work, { timing: QUIET })).rejects.toThrow("was removed");
  expect(store.stored).toBeUndefined();
});

describe("while the API server is away", () => {
  test("a write is repeated until it returns", async () => {
    const store = new MemoryLease();
    let failures = 3;
    const work = async ({ annotate }: HeldLease) => {
      store.beforeWrite = () => void (failures-- > 0 && away());
      await annotate({ ours: "1" });
    };
    await withLease(store, "intent", never, work, { timing: QUIET });
    expect(store.stored?.annotations).toMatchObject({ ours: "1" });
  });

  test("the lease is lost after a while, by the wall clock", async () => {
    const store = new MemoryLease();
    const work = async (held: HeldLease) => {
      store.beforeWrite = away;
      // A machine that sleeps does not count this time in its monotonic clock.
      const now = Date.now() + TIMING.lostAfter + 1;
      const clock = vi.spyOn(Date, "now").mockReturnValue(now);
      onTestFinished(() => clock.mockRestore());
      await untilAborted(held);
    };
    await expect(withLease(store, "intent", never, work, { timing: TIMING })).rejects.toThrow(
      "could not be renewed",
    );
    expect(store.stored?.holder).not.toBe("");
  });

  test("a write whose response was lost is recognised", async () => {
    const store = new MemoryLease();
    const { write } = store;
    let lost = false;
    const work = async ({ annotate }: HeldLease) => {
      store.write = async (lease, version) => {
        const written = await write(lease, version);
        if (!lost) {
          lost = true;
          away();
        }
        return written;
      };
      await annotate({ ours: "1" });
    };
    await withLease(store, "intent", never, work, { timing: QUIET });
    expect(store.stored).toMatchObject({ holder: "", annotations: { ours: "1" } });
  });
});
