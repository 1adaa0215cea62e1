import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BACKEND, FRONTEND } from "../../src/bench/contenders.ts";
import { ROOT } from "../../src/names.ts";

/** What the Dockerfile gives to node: to have the service's code compiled, and to start it. */
const [compile = [], start = []] = Array.from(
  readFileSync(`${ROOT}docker/Dockerfile`, "utf8").matchAll(/\["\/usr\/local\/bin\/node", (.*)\]$/gm),
  ([, words = ""]) => words.split(", ").map((word) => word.replaceAll('"', "")),
);

test("the bundles are measured with the flags of the image", () => {
  expect(start).toEqual([
    expect.stringMatching(/^--max-semi-space-size=/),
    expect.stringMatching(/^--max-old-space-size=/),
    "/app/main.mjs",
  ]);
  for (const { args } of [BACKEND, FRONTEND]) expect(args.slice(0, -1)).toEqual(start.slice(0, -1));
});

test("the image's code is compiled with the flags that it is started with", () => {
  expect(compile).toEqual(["/compile-cache.mjs", ...start]);
});
