import { expect, test } from "vitest";
import { planBench } from "../../../tools/bench/plan.ts";

const ALL = { go: true, images: true, soak: true };
const lines = (options: Parameters<typeof planBench>[1], rounds = 1) =>
  planBench(rounds, options).map(({ title }) => title);

test("compares the services with the best servers at fixed rates and at saturation", () => {
  expect(lines(ALL).slice(0, 5)).toEqual([
    "echo-backend and bare node:http: 500, 2000, 8000, saturation requests/s",
    "echo-backend and Go: 500, 2000, 8000, saturation requests/s",
    "echo-backend and plain Fastify, pino, prom-client: 500, 2000, 8000, saturation requests/s",
    "echo-frontend and bare node:http + undici.request: 500, 2000, saturation requests/s",
    "echo-frontend and Go hop: 500, 2000, saturation requests/s",
  ]);
});

test("leaves the reference service out if go is missing", () => {
  expect(lines({ ...ALL, go: false }).join()).not.toContain("Go");
});

test("measures the load that limits the frontend's memory", () => {
  expect(lines(ALL)).toContain("echo-frontend: 256 connections, backend delay 0 ms, header of 0 bytes");
});

test("measures the images with 4 starts per round if docker is available", () => {
  expect(lines({ ...ALL, soak: false }, 3).slice(-2)).toEqual([
    "image of echo-backend: 12 starts",
    "image of echo-frontend: 12 starts",
  ]);
  expect(lines({ ...ALL, images: false }).join()).not.toContain("image");
});

test("ends with a soak only on request", () => {
  expect(lines(ALL).at(-1)).toBe("echo-frontend: 256 connections for 10 minutes");
  expect(lines({ ...ALL, soak: false }).join()).not.toContain("minutes");
});
