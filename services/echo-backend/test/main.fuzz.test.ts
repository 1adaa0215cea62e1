import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";

test("50,000 connections of anything harm nothing", async () => {
  const answers = await fuzz(new ServiceProcess(BUNDLES.blue, { COLOR: "blue" }), 50_000);
  // Both what is right and what is wrong was among them.
  for (const status of [200, 400, 431]) expect(answers[status]).toBeGreaterThan(100);
}, 300_000);
