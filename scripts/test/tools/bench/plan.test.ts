import { expect, test } from "vitest";
import { CONTENDERS } from "../../../tools/bench/contenders.ts";
import { planBench } from "../../../tools/bench/plan.ts";

const lines = (...options: Parameters<typeof planBench>) => planBench(...options).map(({ title }) => title);

test("alternates between the servers from round to round", () => {
  const names = CONTENDERS.map(({ name }) => name);
  expect(lines(2, { images: false, soak: false }).slice(0, 2 * names.length)).toEqual(
    [1, 2].flatMap((round) => names.map((name) => `round ${round}: ${name}`)),
  );
});

test("measures the load that limits the frontend's memory", () => {
  expect(lines(1, { images: false, soak: false })).toContain(
    "echo-frontend: 256 connections, backend delay 0 ms",
  );
});

test("measures the images with 4 starts per round if docker is available", () => {
  expect(lines(3, { images: true, soak: false }).slice(-2)).toEqual([
    "image of echo-backend: 12 starts",
    "image of echo-frontend: 12 starts",
  ]);
  expect(lines(3, { images: false, soak: false }).join()).not.toContain("image");
});

test("ends with a soak only on request", () => {
  expect(lines(1, { images: true, soak: true }).at(-1)).toBe("echo-frontend: 256 connections for 10 minutes");
  expect(lines(1, { images: true, soak: false }).join()).not.toContain("minutes");
});
