import { describe, expect, test } from "vitest";
import { InterruptedError } from "../../src/lib/errors.ts";
import { waitFor } from "../../src/lib/wait.ts";

const never = () => Promise.resolve(undefined);

describe("waitFor", () => {
  test("returns the first value of its check", async () => {
    const values = [undefined, undefined, "here"];
    const check = () => Promise.resolve(values.shift());
    expect(await waitFor(check, { timeoutMs: 60_000, intervalMs: 1 })).toBe("here");
  });

  test("returns undefined if the check never returns a value", async () => {
    expect(await waitFor(never, { timeoutMs: 5, intervalMs: 1 })).toBeUndefined();
  });

  test("throws the reason of its signal, during a pause too", async () => {
    const interrupted = new AbortController();
    const waiting = waitFor(never, { timeoutMs: 60_000, intervalMs: 60_000, signal: interrupted.signal });
    interrupted.abort(new InterruptedError("Interrupted."));
    await expect(waiting).rejects.toThrow(InterruptedError);
  });
});
