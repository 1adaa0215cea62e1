import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { atEndOfTurn } from "../src/turn.ts";

test("calls come at the end of the turn, in their order; one from among them at once", async () => {
  const called: string[] = [];
  atEndOfTurn(() => {
    called.push("first begins");
    atEndOfTurn(() => called.push("from the first"));
    called.push("first ends");
  });
  atEndOfTurn(() => called.push("second"));
  await Promise.resolve();
  expect(called).toEqual([]);
  await nextTurn();
  expect(called).toEqual(["first begins", "from the first", "first ends", "second"]);
  atEndOfTurn(() => called.push("of the next turn"));
  expect(called).toHaveLength(4);
  await nextTurn();
  expect(called).toHaveLength(5);
});
