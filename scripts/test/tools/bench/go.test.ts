import { expect, test } from "vitest";
import { describeWith } from "@echo/kit/testing/tools";
import { startContender } from "../../../tools/bench/server.ts";
import { GO_ECHO, GO_HOP } from "../../../tools/bench/contenders.ts";
import { buildGo } from "../../../tools/bench/go.ts";

/** The first build downloads the modules. */
const BUILD_TIMEOUT_MS = 300_000;

describeWith("go", "the reference service", () => {
  test(
    "responds as the backend and as the frontend",
    async () => {
      expect(await buildGo()).toBe(true);
      await using echo = await startContender(GO_ECHO);
      await using hop = await startContender(GO_HOP);
      expect(await (await fetch(echo.url)).json()).toEqual({ version: "11.0" });
      const { headers, json } = await fetch(hop.url).then(async (response) => ({
        headers: response.headers,
        json: await response.json(),
      }));
      expect(json).toMatchObject({ backend: "11.0", version: "2.0" });
      expect(headers.get("x-request-id")).toMatch(/^\w+$/);
    },
    BUILD_TIMEOUT_MS,
  );
});
