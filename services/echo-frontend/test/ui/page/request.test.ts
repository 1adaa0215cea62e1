import { describe, expect, onTestFinished, test, vi } from "vitest";
import { request, TIMEOUT_MS } from "../../../src/ui/page/request.ts";

function respondWith(respond: typeof fetch): void {
  vi.stubGlobal("fetch", respond);
  onTestFinished(() => void vi.unstubAllGlobals());
}

const green = { "x-echo-backend-color": "green" };

describe("a response is", () => {
  test.each([
    ["the echo of a colour", 200, green, '{"backend":"12.0"}', { source: "green", ok: true }],
    ["the echo of a backend without a colour", 200, {}, '{"backend":"11.0"}', { source: "other", ok: true }],
    ["an error of a colour", 502, green, '{"backend":"error"}', { source: "green", ok: false }],
    ["an error of a gateway", 503, {}, "<html>", { source: "unknown", ok: false }],
    ["no echo, with status 200", 200, {}, "<html>", { source: "unknown", ok: false }],
    ["JSON without a backend", 200, {}, "{}", { source: "unknown", ok: false }],
  ])("%s", async (_what, status, headers, body, expected) => {
    respondWith(async () => new Response(body, { status, headers }));
    const { result, raw, networkFailed } = await request("http://host/", {});
    expect(result).toMatchObject({ ...expected, responded: true });
    expect({ raw, networkFailed }).toEqual({ raw: body, networkFailed: false });
  });
});

test("the version of an error is empty, because it is the word error", async () => {
  respondWith(async () => new Response('{"backend":"error"}', { status: 502, headers: green }));
  expect((await request("http://host/", {})).result.version).toBe("");
});

test("a request that fails is a result too, with the reason", async () => {
  respondWith(() => Promise.reject(new TypeError("Failed to fetch")));
  const { result, raw, networkFailed } = await request("http://host/", {});
  expect(result).toMatchObject({ source: "unknown", ok: false, responded: false });
  expect({ raw, networkFailed }).toEqual({ raw: "TypeError: Failed to fetch", networkFailed: true });
});

test("a request times out, which is no failure of the network", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  respondWith(
    (_url, init) =>
      new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(new Error("aborted"))),
      ),
  );
  const pending = request("http://host/", {});
  await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
  expect(await pending).toMatchObject({
    result: { responded: false },
    networkFailed: false,
    raw: "no response within 10 s",
  });
});
