import { expect, test } from "vitest";
import { LoadResults } from "../../src/observe/load-results.ts";

const sample = (status: number, milliseconds = 10) => ({ status, milliseconds, color: undefined });

test("counts the requests, and the failures by status", () => {
  const results = new LoadResults();
  expect(results.toString()).toBe("0 requests, 0 failed, p50 0 ms, p99 0 ms");
  for (let i = 1; i <= 97; i++) results.add(sample(200, i));
  results.add(sample(404, 98));
  results.add(sample(0, 5000));
  results.add(sample(502, 5000));
  results.add(sample(502, 5000));
  expect(results.toString()).toBe("101 requests, 3 failed (no response: 1, 502: 2), p50 51 ms, p99 5000 ms");
});

test("counts each new request once", () => {
  const results = new LoadResults();
  results.add(sample(200));
  results.add(sample(500));
  expect([results.takeNew(), results.takeNew()]).toEqual([2, 0]);
  results.add(sample(200));
  expect(results.takeNew()).toBe(1);
});
