import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { httpAnswer, rawUpstream, VERSION_11 } from "./support/upstream.ts";

test("50,000 connections of anything harm nothing", async () => {
  const backend = await rawUpstream((socket) => {
    socket.on("data", () => socket.write(httpAnswer(VERSION_11)));
  });
  const answers = await fuzz(new ServiceProcess(BUNDLES.frontend, { BACKEND: backend }), 50_000);
  // Both what is right and what is wrong was among them.
  for (const status of [200, 400, 431]) expect(answers[status]).toBeGreaterThan(100);
}, 300_000);
