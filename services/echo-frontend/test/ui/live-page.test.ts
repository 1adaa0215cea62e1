import { describe, expect, test } from "vitest";
import { wantsPage } from "../../src/ui/live-page.ts";
import { frontend } from "../support/frontend.ts";

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("the page is for a request with", () => {
  test.each([
    [BROWSER, true],
    ["text/html", true],
    ["text/*;q=0.9, application/json;q=0.5, text/html", true],
    ["*/*", false],
    ["application/json", false],
    ["application/json, text/html;q=0.9", false],
    ["application/json;q=0.5, text/html;q=0.5", false],
    ["text/html;q=0", false],
    ["nonsense, text/html;q=x", false],
    [undefined, false],
  ])("Accept: %s → %s", (accept, page) => {
    expect(wantsPage({ method: "GET", headers: { accept } })).toBe(page);
  });

  test("the method GET only", () => {
    for (const method of ["HEAD", "POST"])
      expect(wantsPage({ method, headers: { accept: BROWSER } })).toBe(false);
  });
});

test("the page is one file below 60 KB on any path, with a strict policy and Vary: Accept", async () => {
  const { app } = frontend();
  const { headers, body } = await app.inject({ url: "/any//path?x", headers: { accept: BROWSER } });
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers.vary).toBe("Accept");
  expect(body.length).toBeLessThan(60_000);
  expect(headers["content-security-policy"]).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'/,
  );
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  // No comment that the build should have replaced, and no other origin.
  expect(body).not.toMatch(/\/\*(STYLE|SCRIPT)\*\/|https?:\/\//);
});

test("the JSON has Vary: Accept too, and with UI=off there is only JSON", async () => {
  expect((await frontend().app.inject("/")).headers.vary).toBe("Accept");
  const { headers } = await frontend({ UI: "off" }).app.inject({ url: "/", headers: { accept: BROWSER } });
  expect(headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(headers).not.toHaveProperty("vary");
});
