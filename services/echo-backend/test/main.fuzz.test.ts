import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";

test("50,000 connections with random input do no harm", async () => {
  const responses = await fuzz(new ServiceProcess(BUNDLES.blue, { COLOR: "blue" }), 50_000);
  // Both valid and invalid input was among them.
  for (const status of [200, 400, 431]) expect(responses[status]).toBeGreaterThan(100);
}, 300_000);
