import { expect, test } from "vitest";
import { Totals } from "../../../src/ui/page/totals.ts";
import { resultOf } from "../../support/results.ts";

test("counts sources, errors and the responses of each pod, until it is cleared", () => {
  const totals = new Totals();
  for (let i = 0; i < 3; i++) totals.add(resultOf("blue"), "pod-b", "10.0.0.1");
  totals.add(resultOf("green", { ok: false }), "pod-a", "");
  totals.add(resultOf("unknown"), "", "");
  expect(totals.describe()).toBe("5 requests, blue 60.0 %, green 20.0 %, unknown 20.0 %, errors 40.0 %");
  expect(totals.pods()).toEqual([
    ["pod-a", "–", "1"],
    ["pod-b", "10.0.0.1", "3"],
  ]);
  totals.clear();
  expect(totals.describe()).toBe("no response yet");
  expect(totals.pods()).toEqual([]);
});
