/// <reference lib="dom" />
import { AxeBuilder } from "@axe-core/playwright";
import type { BrowserContextOptions, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { describePage } from "../../support/live-page.ts";

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 320, height: 640 };
const SCREENS = [PHONE, { width: 390, height: 844 }, DESKTOP, { width: 3840, height: 2160 }];
/** Less than a second is wide in the chart on the desktop. */
const SECOND_PIXELS = 12;
const MIXED = { green: 40, errors: { blue: 30, green: 30 } };

/**
 * The last columns of a canvas as a grey screen shows them: rows of luminances from 0 to 1, or -1 without a colour.
 * All columns by default.
 */
const luminances = (page: Page, selector: string, columns = Infinity) =>
  page.locator(selector).evaluate((canvas, last) => {
    const context = canvas instanceof HTMLCanvasElement ? canvas.getContext("2d") : null;
    if (!context) throw new Error("no canvas");
    const { height } = context.canvas;
    const width = Math.min(last ?? Infinity, context.canvas.width);
    const { data } = context.getImageData(context.canvas.width - width, 0, width, height);
    const weights = [0.2126, 0.7152, 0.0722];
    const at = (index: number) =>
      data[index + 3] === 0
        ? -1
        : weights.reduce((sum, weight, channel) => {
            const value = data[index + channel] ?? 0;
            return sum + weight * (value / 255) ** 2.2;
          }, 0);
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (__, x) => at(4 * (y * width + x))),
    );
  }, columns);

/** The mean luminance of each band of the newest second in the chart, from the top. Empty rows separate the bands. */
function bandsOf(rows: readonly (readonly number[])[]) {
  const bands: { mean: number; height: number; gap: number }[] = [];
  let sum = 0;
  let height = 0;
  let gap = 0;
  // The labels are above the bars.
  for (const pixels of [...rows.slice(22), []]) {
    if (pixels.some((pixel) => pixel >= 0)) {
      sum += pixels.reduce((total, pixel) => total + pixel, 0) / pixels.length;
      height++;
    } else if (height > 0) {
      bands.push({ mean: sum / height, height, gap });
      [sum, height, gap] = [0, 0, 0];
    }
    if (height === 0) gap++;
  }
  return bands;
}

const contrast = (a: number, b: number) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

describePage("the live page for all eyes", ({ simulate }) => {
  describe("axe finds nothing, and nothing is wider than the screen,", () => {
    test.each<[string, BrowserContextOptions & { query?: string }]>([
      ["in the light scheme", { colorScheme: "light" }],
      ["in the dark scheme", { colorScheme: "dark" }],
      ["in forced colours", { forcedColors: "active" }],
      ["in the light scheme for a hall", { colorScheme: "light", query: "?present" }],
      ["in the dark scheme for a hall", { colorScheme: "dark", query: "?present" }],
    ])("%s", async (_what, options) => {
      const { page, set, pass } = await simulate({ ...options, bypassCSP: true });
      await set({ ...MIXED, weights: true });
      await pass(12);
      // The shares are still there, and the notice too.
      await set({ mode: "hang" });
      await pass(3);
      for (const viewport of SCREENS) {
        await page.setViewportSize(viewport);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(viewport.width);
      }
      // axe waits by the clock of the page.
      await page.clock.resume();
      for (const viewport of [DESKTOP, PHONE]) {
        await page.setViewportSize(viewport);
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      }
    });
  });

  test.each<[string, BrowserContextOptions]>([
    ["in the light scheme", { colorScheme: "light" }],
    ["in the dark scheme", { colorScheme: "dark" }],
    ["in forced light colours", { colorScheme: "light", forcedColors: "active" }],
    ["in forced dark colours", { colorScheme: "dark", forcedColors: "active" }],
  ])("neighbouring bands of the chart differ on a grey screen, %s", async (_what, options) => {
    const { page, set, pass } = await simulate({ ...options, viewport: DESKTOP });
    await page.locator("#rate").fill("50");
    await set(MIXED);
    await pass(20);
    const bands = bandsOf(await luminances(page, "#history", SECOND_PIXELS));
    // From the top: errors of green, green, blue, errors of blue.
    expect(bands).toHaveLength(4);
    for (const [index, { mean, height, gap }] of bands.entries()) {
      const above = bands[index - 1];
      expect(height).toBeGreaterThan(10);
      if (!above) continue;
      expect(gap).toBe(2);
      expect(contrast(above.mean, mean)).toBeGreaterThan(1.4);
    }
    expect(contrast(bands[1]?.mean ?? 0, bands[2]?.mean ?? 0)).toBeGreaterThan(2.4);
  });

  test.each<[string, BrowserContextOptions, number]>([
    ["blue, in the light scheme", { colorScheme: "light" }, 0],
    ["green, in the light scheme", { colorScheme: "light" }, 100],
    ["blue, in the dark scheme", { colorScheme: "dark" }, 0],
    ["green, in the dark scheme", { colorScheme: "dark" }, 100],
    ["blue, in forced colours", { forcedColors: "active" }, 0],
  ])("the line at 50 %% can be seen on %s", async (_what, options, green) => {
    const { page, set, pass } = await simulate({ ...options, viewport: DESKTOP });
    await set({ green });
    await pass(10);
    const rows = await luminances(page, "#history", 3 * SECOND_PIXELS);
    // The labels are above the bars.
    const line = rows[Math.round((20 + rows.length) / 2)] ?? [];
    const above = rows[Math.round((20 + rows.length) / 2) - 8] ?? [];
    expect(above).toHaveLength(line.length);
    expect(Math.max(...line.map((pixel, at) => contrast(pixel, above[at] ?? 0)))).toBeGreaterThan(3);
  });

  test("no point of the cells turns red more than three times per second, even with bursts of errors", async () => {
    const { page, set, pass } = await simulate({ viewport: PHONE });
    await page.locator("#rate").fill("50");
    await set({ green: 50, errors: { blue: 50, green: 50 } });
    await pass(5);
    await page.evaluate(() => {
      window.turnedRed = [];
      const canvas = document.querySelector<HTMLCanvasElement>("#cells");
      const context = canvas?.getContext("2d", { willReadFrequently: true });
      if (!canvas || !context) throw new Error("no cells");
      let before: boolean[] = [];
      const sample = () => {
        requestAnimationFrame(sample);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        const red = Array.from({ length: data.length / 64 }, (_, point) => {
          const [r = 0, g = 0, b = 0] = data.subarray(64 * point, 64 * point + 3);
          return r > 150 && g < 100 && b < 100;
        });
        for (const [point, isRed] of red.entries())
          if (isRed && before[point] === false) (window.turnedRed[point] ??= []).push(performance.now());
        before = red;
      };
      sample();
    });
    for (let second = 0; second < 6; second++) {
      // As fast as a key repeats.
      for (let press = 0; press < 10; press++) {
        await page.locator("#burst").press("Enter");
        await pass(0.1);
      }
    }
    const times = await page.evaluate(() => Object.values(window.turnedRed));
    const worst = Math.max(
      ...times.flatMap((point) =>
        point.map((at) => point.filter((other) => other >= at && other < at + 1000).length),
      ),
    );
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThanOrEqual(3);
  });

  test("a response changes its own cell and the gap after it, and moves no other", async () => {
    const { page, set, pass } = await simulate({ viewport: PHONE });
    await page.locator("#rate").fill("50");
    await set(MIXED);
    await pass(5);
    await page.locator("#rate").fill("1");
    await pass(1.5);
    const before = (await luminances(page, "#cells")).flat();
    await pass(1);
    const after = (await luminances(page, "#cells")).flat();
    const changed = after.filter((pixel, index) => pixel !== before[index]).length;
    const CELL_PIXELS = 16 * 16;
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(2 * CELL_PIXELS);
  });

  test("in forced colours, a pressed Pause looks pressed", async () => {
    const { page } = await simulate({ forcedColors: "active" });
    const background = () =>
      page.locator("#pause").evaluate((button) => getComputedStyle(button).backgroundColor);
    const released = await background();
    await page.locator("#pause").click();
    expect(await background()).not.toBe(released);
  });

  test("the canvases follow a change of the scheme", async () => {
    const { page, set, pass } = await simulate({ colorScheme: "light", viewport: PHONE });
    await set(MIXED);
    await pass(5);
    const light = await luminances(page, "#cells");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(async () => (await luminances(page, "#cells"))[5]?.[2]).not.toBe(light[5]?.[2]);
  });

  test("with reduced motion the page changes once per second", async () => {
    const { page, set, pass } = await simulate({ reducedMotion: "reduce" });
    await page.locator("#rate").fill("50");
    await set({ green: 50 });
    await pass(3);
    const changes = await page.evaluate(() => {
      window.changes = 0;
      let shown = "";
      const canvas = document.querySelector<HTMLCanvasElement>("#cells");
      const sample = () => {
        requestAnimationFrame(sample);
        const next = `${document.querySelector("#summary")?.textContent}${canvas?.toDataURL()}`;
        if (next !== shown) window.changes++;
        shown = next;
      };
      sample();
      return window.changes;
    });
    await pass(5);
    const later = await page.evaluate(() => window.changes);
    expect(later - changes).toBeGreaterThanOrEqual(4);
    expect(later - changes).toBeLessThanOrEqual(6);
  });

  test("for a hall, the page fills the screen without controls, and grows with it", async () => {
    const { page, set, pass } = await simulate({ viewport: { width: 1920, height: 1080 } });
    await set(MIXED);
    await pass(5);
    const size = () =>
      page.evaluate(() => {
        const main = document.querySelector("main")?.getBoundingClientRect();
        const share = document.querySelector("#shares dd");
        const { scrollHeight } = document.documentElement;
        return {
          width: (main?.width ?? 0) / window.innerWidth,
          height: scrollHeight / window.innerHeight,
          font: share ? Number.parseFloat(getComputedStyle(share).fontSize) : 0,
        };
      });
    expect(await page.locator("#controls").isVisible()).toBe(true);
    await page.keyboard.press("p");
    await pass(1);
    const hall = await size();
    expect(new URL(page.url()).search).toBe("?present");
    expect(await page.locator("#controls").isVisible()).toBe(false);
    expect(hall).toMatchObject({ width: 1, height: 1 });
    await page.setViewportSize({ width: 3840, height: 2160 });
    await pass(1);
    const large = await size();
    expect(large).toMatchObject({ width: 1, height: 1 });
    expect(large.font / hall.font).toBeCloseTo(2, 1);
    for (const viewport of [
      { width: 1280, height: 720 },
      { width: 1920, height: 1080 },
    ]) {
      await page.setViewportSize(viewport);
      await pass(1);
      expect(await size()).toMatchObject({ width: 1, height: 1 });
    }
    // The notice makes the headline longer, and the table has one more row.
    await set({ mode: "refuse" });
    await pass(4);
    expect(await page.locator("#notice").textContent()).toContain("Frontend unreachable");
    expect(await size()).toMatchObject({ width: 1, height: 1 });
    await page.keyboard.press("Escape");
    expect(await page.locator("#controls").isVisible()).toBe(true);
    expect(new URL(page.url()).search).toBe("");
    await page.locator("#present").click();
    expect(await page.locator("#controls").isVisible()).toBe(false);
  });

  test.each(["p", "P", "Escape"])(
    "the key %s ends the screen for a hall, wherever the focus is",
    async (key) => {
      const { page } = await simulate({ query: "?a=b&present#c" });
      const isHall = () => page.evaluate(() => document.documentElement.classList.contains("present"));
      expect(await isHall()).toBe(true);
      await page.keyboard.press(key);
      expect(await isHall()).toBe(false);
      expect(page.url()).toMatch(/\?a=b#c$/);
      for (const id of ["rate", "pause", "present"]) {
        await page.locator(`#${id}`).focus();
        await page.keyboard.press("p");
        expect(await isHall()).toBe(true);
        expect(page.url()).toMatch(/\?a=b&present#c$/);
        await page.keyboard.press(key);
        expect(await isHall()).toBe(false);
      }
      await page.locator("#present").press("Enter");
      expect(await isHall()).toBe(true);
      await page.keyboard.press(key);
      expect(await isHall()).toBe(false);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("present");
    },
  );

  test("on a touch screen, which has no keys, a button ends the screen for a hall", async () => {
    const { page } = await simulate({ hasTouch: true, isMobile: true, viewport: PHONE, query: "?present" });
    await page.locator("#leave").tap();
    expect(await page.locator("#controls").isVisible()).toBe(true);
    expect(await page.locator("#leave").isVisible()).toBe(false);
    await page.locator("#present").tap();
    expect(await page.locator("#leave").isVisible()).toBe(true);
  });
});

declare global {
  interface Window {
    turnedRed: number[][];
    changes: number;
  }
}
