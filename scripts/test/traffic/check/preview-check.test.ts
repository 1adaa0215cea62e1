import { describe, expect, test } from "vitest";
import { checkPreview } from "../../../src/traffic/check/preview-check.ts";
import type { TargetResponse } from "../../../src/traffic/check/response-check.ts";

describe("the preview of a target", () => {
  const stable = "http://echo-backend";
  const target = { version: "12.0", color: "green" } as const;
  const green = { body: '{"version":"12.0"}\n', color: "green" };
  const NOTHING = { body: "", color: "" };
  const blue = { body: '{"version":"11.0"}\n', color: "blue" };

  /** Checks a preview with these responses, the last of them again and again. */
  const checkWith = (responses: TargetResponse[], timeoutMs: number) => {
    let at = 0;
    const request = async () => responses.slice(Math.min(at++, responses.length - 1));
    return checkPreview(stable, target, request, { timeoutMs });
  };

  test("may reach another colour until the gateway has its rule", async () => {
    await expect(checkWith([NOTHING, blue, green], 60_000)).resolves.toBeUndefined();
  });

  test.each([
    ["another colour", blue, '{"version":"11.0"} of blue.'],
    [
      "another version of the colour",
      { ...green, body: '{"version":"11.0"}' },
      '{"version":"11.0"} of green.',
    ],
    ["a gateway without a route", { body: "404 page not found", color: "" }, "page not found of no colour."],
    ["nothing", NOTHING, "nothing of no colour."],
  ])("that reaches %s is refused, with the response", async (_what, response, shown) => {
    const checked = checkWith([response], 0);
    await expect(checked).rejects.toThrow(
      "http://echo-backend must return version 12.0 of green to a request with the header x-echo-preview: green, but returns: ",
    );
    await expect(checked).rejects.toThrow(shown);
  });
});
