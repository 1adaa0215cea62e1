import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT } from "../../../src/lib/paths.ts";
import { BACKEND, FRONTEND } from "../../../tools/bench/contenders.ts";

/** The arguments of node in the Dockerfile: to compile the service's code, and to start it. */
const [compile = [], start = []] = Array.from(
  readFileSync(`${ROOT}docker/Dockerfile`, "utf8").matchAll(/\["\/usr\/local\/bin\/node", (.*)\]$/gm),
  ([, words = ""]) => words.split(", ").map((word) => word.replaceAll('"', "")),
);

test("measures the bundles with the flags of the image", () => {
  expect(start).toEqual([
    "--disable-sigusr1",
    expect.stringMatching(/^--max-semi-space-size=/),
    expect.stringMatching(/^--max-old-space-size=/),
    "/app/main.mjs",
  ]);
  for (const { command } of [BACKEND, FRONTEND]) expect(command.slice(1, -1)).toEqual(start.slice(0, -1));
});

test("the image compiles its code with the flags that start it", () => {
  expect(compile).toEqual(["/compile-cache.mjs", ...start]);
});
