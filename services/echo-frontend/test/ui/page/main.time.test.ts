/// <reference lib="dom" />
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describePage } from "../../support/live-page.ts";

const stateOf = (page: Page) => page.locator("#state").innerText();
const sharesOf = (page: Page) => page.locator("#shares").innerText();

describePage("the live page in time", ({ simulate }) => {
  test("names a hang within 3 s, shows no share after 10 s, and recovers", async () => {
    const { page, set, pass } = await simulate();
    await pass(20);
    expect(await sharesOf(page)).toContain("100 %");
    await set({ mode: "hang" });
    await pass(3);
    expect(await stateOf(page)).toMatch(/^No response for [23] s /);
    await pass(7.5);
    expect(await sharesOf(page)).toBe("");
    expect(await stateOf(page)).toBe("No response for 10 s");
    // The requests time out meanwhile. A failure alone is no share.
    await pass(15);
    expect(await sharesOf(page)).toBe("");
    expect(await stateOf(page)).toBe("No response for 25 s");
    expect(await page.locator("#raw").textContent()).toBe("no response within 10 s");
    expect(await page.locator("#p50").textContent()).toBe("–");
    expect(await page.locator("#by-color tr").count()).toBe(0);
    await set({ mode: "respond" });
    await pass(11);
    expect(await stateOf(page)).toContain("blue 11.0");
    expect(await stateOf(page)).not.toContain("No response");
  });

  test("names a frontend that does not listen, and counts its requests as errors while others succeed", async () => {
    const { page, set, pass } = await simulate();
    await pass(10);
    await set({ mode: "refuse" });
    await pass(3);
    expect(await stateOf(page)).toMatch(/^Frontend unreachable\. Is it still running\? .*errors \d\d\.\d %$/);
    await pass(8);
    expect(await sharesOf(page)).toBe("");
    expect(await stateOf(page)).toBe("Frontend unreachable. Is it still running?");
  });

  test("says Paused while it is paused, and is not silent afterwards", async () => {
    const { page, set, pass } = await simulate();
    await pass(5);
    await page.locator("#pause").click();
    await pass(2);
    expect(await stateOf(page)).toMatch(/^Paused \d+ requests in 10 s: blue 11\.0 100 %$/);
    expect(await page.locator("#sent").textContent()).toBe("0 of 8");
    await pass(60);
    expect(await stateOf(page)).toBe("Paused");
    await set({ mode: "hang" });
    await page.locator("#pause").click();
    await pass(1.5);
    expect(await stateOf(page)).not.toContain("No response");
    await pass(1.5);
    expect(await stateOf(page)).toContain("No response for 2 s");
  });

  test("the headline equals the shares in every frame, with errors, a shift and a hang", async () => {
    const { page, set, pass } = await simulate();
    await page.evaluate(() => {
      const frames: Window["frameTexts"] = [];
      window.frameTexts = frames;
      const sample = () => {
        requestAnimationFrame(sample);
        const rows = [...document.querySelectorAll<HTMLElement>("#shares > div")].map((row) =>
          [...row.children].map((cell) => cell.textContent).join(" "),
        );
        frames.push({
          headline: document.querySelector("#summary")?.textContent ?? "",
          shares: rows.join(", "),
        });
      };
      sample();
    });
    for (const step of [{ green: 20 }, { green: 50, errors: { blue: 0, green: 30 } }, { green: 100 }]) {
      await set(step);
      await pass(4);
    }
    await set({ mode: "hang" });
    await pass(12);
    const frames = await page.evaluate(() => window.frameTexts);
    const wrong = frames.filter(
      ({ headline, shares }) => headline.replace(/^\d+ requests in 10 s: /, "") !== shares,
    );
    expect(wrong).toEqual([]);
    expect(new Set(frames.map(({ shares }) => shares)).size).toBeGreaterThan(50);
    expect(frames.length).toBeGreaterThan(1000);
  });

  test("marks the changes of the weights, and shows them next to the shares", async () => {
    const { page, set, pass } = await simulate();
    await set({ weights: true });
    await pass(8);
    const changed = async () => {
      const label = await page.locator("#history").getAttribute("aria-label");
      return label?.replaceAll(/\d+ s ago/g, "… s ago");
    };
    expect(await changed()).toBe("Share by colour over the last minute");
    await set({ green: 25 });
    await pass(5);
    expect(await changed()).toBe("Share by colour over the last minute. Changes: green 25 % … s ago");
    expect(await page.locator("#shares dt").allTextContents()).toEqual([
      "blue 11.0, weight 75 %",
      "green 12.0, weight 25 %",
    ]);
  });

  test("marks a change that the responses show, if the weights are unknown", async () => {
    const { page, set, pass } = await simulate();
    await pass(8);
    await set({ green: 100 });
    await pass(8);
    expect(await page.locator("#history").getAttribute("aria-label")).toMatch(
      /Changes: green about \d+ % \d+ s ago$/,
    );
    expect(await page.locator("#shares").innerText()).not.toContain("weight");
  });
});

declare global {
  interface Window {
    frameTexts: { headline: string; shares: string }[];
  }
}
