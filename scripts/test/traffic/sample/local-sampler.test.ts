import { expect, test } from "vitest";
import type { Color } from "../../../src/domain/color.ts";
import { colorInHeader, colorOfBackend, sampleLocal } from "../../../src/traffic/sample/local-sampler.ts";
import { respondTogether, startService } from "../../support/service.ts";

test("local samples have 4 requests in flight, and none waits for another connection", async () => {
  const { listener, most } = respondTogether(4, (_request, response) => {
    setTimeout(() => response.setHeader("x-echo-color", "blue").end(), 5);
  });
  const url = await startService(listener);
  const start = performance.now();
  const samples = await sampleLocal(url, colorInHeader)(100);
  const elapsed = performance.now() - start;
  expect(samples).toHaveLength(100);
  expect(samples.every(({ status, color }) => status === 200 && color === "blue")).toBe(true);
  expect(most()).toBe(4);
  // A sum above this would count waits for a connection: 4 connections cannot be busy for longer.
  expect(samples.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeLessThanOrEqual(4 * elapsed);
});

test("a local sample without a response has no status and no colour", async () => {
  const url = await startService(({ socket }) => socket.destroy());
  const [sample] = await sampleLocal(url, colorInHeader)(1);
  expect(sample).toMatchObject({ status: 0, color: undefined });
});

test("a local sample of a frontend has the colour of its backend's version", async () => {
  const url = await startService((_request, response) =>
    response.end('{"backend":"12.0","version":"2.0"}\n'),
  );
  const colors = new Map<string, Color>([["12.0", "green"]]);
  const [sample] = await sampleLocal(url, colorOfBackend(colors))(1);
  expect(sample).toMatchObject({ status: 200, color: "green" });
});

test("a local sample of a frontend has the backend's colour, also with an error", async () => {
  const url = await startService((_request, response) =>
    response.writeHead(502, { "x-echo-backend-color": "green" }).end(),
  );
  const [sample] = await sampleLocal(url, colorOfBackend(new Map()))(1);
  expect(sample).toMatchObject({ status: 502, color: "green" });
});

test("an interruption ends local samples before their number is reached", async () => {
  const interrupted = new AbortController();
  let requests = 0;
  const url = await startService((_request, response) => {
    if (++requests === 10) interrupted.abort(new Error("interrupted"));
    response.end();
  });
  await expect(sampleLocal(url, colorInHeader)(10_000, interrupted.signal)).rejects.toThrow("interrupted");
  expect(requests).toBeLessThan(20);
});
