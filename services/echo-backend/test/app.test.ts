import { parseConfig } from "@echo/kit";
import { listen, sendRaw, testContext } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { buildApp } from "../src/app.ts";
import { backendSchema } from "../src/config.ts";
import { createFaults } from "../src/faults.ts";

/** A backend of version 11.0, whose faults are drawn from `random`. */
function build(env: Record<string, string>, random?: () => number) {
  const config = parseConfig(backendSchema, env);
  return buildApp(config, testContext("11.0").context, createFaults(config, random));
}

/** The same numbers from 0 to 1 in each run (Park and Miller's generator). */
function seeded(): () => number {
  let state = 20_261_124;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test("responds with its version, to the byte", async () => {
  const port = await listen(build({}));
  const response = await sendRaw(port, "PUT /any HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const [head = "", body] = response.split("\r\n\r\n");
  expect(body).toBe('{"version":"11.0"}\n');
  expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(head).toMatch(/\r\ncontent-type: application\/json; charset=utf-8\r\n/);
  expect(head).toMatch(/\r\ncontent-length: 19\r\n/);
});

test("a simulated failure is the 500 of the original", async () => {
  const { statusCode, headers, body } = await build({ FAILURE_RATE: "100" }).inject("/");
  expect(statusCode).toBe(500);
  expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(body).toBe("Simulated Error\n");
});

test.each([
  ["0", 0, 0],
  ["0.5", 15, 85],
  ["30", 2870, 3130],
  ["99.5", 9915, 9985],
  ["100", 10_000, 10_000],
])("FAILURE_RATE=%s fails from %d to %d of 10,000 requests", async (rate, min, max) => {
  const app = build({ FAILURE_RATE: rate }, seeded());
  let failed = 0;
  for (let i = 0; i < 10_000; i++) if ((await app.inject("/")).statusCode === 500) failed++;
  expect(failed).toBeGreaterThanOrEqual(min);
  expect(failed).toBeLessThanOrEqual(max);
});

test("DELAY_MS and DELAY_JITTER_MS delay each response", async () => {
  const app = build({ DELAY_MS: "20", DELAY_JITTER_MS: "40" }, () => 0.5);
  const start = performance.now();
  await app.inject("/");
  // A timer may fire up to a millisecond early.
  expect(performance.now() - start).toBeGreaterThanOrEqual(39);
});
