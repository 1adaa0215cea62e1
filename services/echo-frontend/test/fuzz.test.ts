import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { test } from "vitest";
import { httpAnswer, rawUpstream, VERSION_11 } from "./support/upstream.ts";

test("60,000 connections of anything harm nothing", async () => {
  const backend = await rawUpstream((socket) => {
    socket.on("data", () => socket.write(httpAnswer(VERSION_11)));
  });
  await fuzz(new ServiceProcess(BUNDLES.frontend, { BACKEND: backend }), 60_000);
}, 300_000);
