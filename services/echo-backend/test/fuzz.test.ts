import { BUNDLES, fuzz, ServiceProcess } from "@echo/kit/testing";
import { test } from "vitest";

test("60,000 connections of anything harm nothing", async () => {
  await fuzz(new ServiceProcess(BUNDLES.blue, { COLOR: "blue" }), 60_000);
}, 300_000);
