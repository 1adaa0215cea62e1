import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { inOrder } from "../../e2e/support/order.ts";
import { ROOT } from "../../src/lib/paths.ts";

const files = readdirSync(`${ROOT}scripts/e2e`).filter((name) => name.endsWith(".test.ts"));

test.each([1, 2, 3])(
  "with seed %i, each file runs once, and those that save a release are at the ends",
  (seed) => {
    const order = inOrder(files, seed);
    expect(order.toSorted()).toEqual(files.toSorted());
    expect(order[0]).toBe("chapter.test.ts");
    expect(order.slice(-2)).toEqual(["next-version.test.ts", "chart-upgrade.test.ts"]);
  },
);

test("the order is that of the seed, whatever the order of the files was", () => {
  expect(inOrder(files.toReversed(), 1)).toEqual(inOrder(files, 1));
  expect(inOrder(files, 2)).not.toEqual(inOrder(files, 1));
  expect(inOrder(["canary.test.ts"], 1)).toEqual(["canary.test.ts"]);
});
