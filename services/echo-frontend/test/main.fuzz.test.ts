import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { httpResponse, rawUpstream, VERSION_11 } from "./support/upstream.ts";

test("50,000 connections with random input do no harm", async () => {
  const backend = await rawUpstream((socket) => {
    socket.on("data", () => socket.write(httpResponse(VERSION_11)));
  });
  const responses = await fuzz(new ServiceProcess(BUNDLES.frontend, { BACKEND: backend }), 50_000);
  // Both valid and invalid input was among them.
  for (const status of [200, 400, 431]) expect(responses[status]).toBeGreaterThan(100);
}, 300_000);
