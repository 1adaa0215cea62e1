/// <reference lib="dom" />
import { describeWith } from "@echo/kit/testing";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { buildPage } from "../../ui-page.ts";

/** What the simulated frontend responds. */
export interface Scenario {
  mode: "respond" | "hang" | "refuse";
  /** Green's share of the responses, in percent. */
  green: number;
  /** How many percent of each colour's responses are errors. */
  errors: { blue: number; green: number };
  /** Sends the weights, as `pnpm dev` does. */
  weights: boolean;
}

/** Opens pages in a browser. */
export interface Pages {
  /** Opens a page. The test fails at a script error, a policy violation or a request to another origin. */
  open: (url: string, options?: BrowserContextOptions) => Promise<Page>;
  /**
   * Opens the page with a simulated frontend and a simulated clock, so that its time does not depend on the machine's. The
   * responses are not random: any 100 in a row have the given shares.
   */
  simulate: (options?: BrowserContextOptions & { query?: string }) => Promise<Simulation>;
}

export interface Simulation {
  page: Page;
  /** Changes what the frontend responds from now on. */
  set: (scenario: Partial<Scenario>) => Promise<void>;
  /** Lets time pass. */
  pass: (seconds: number) => Promise<void>;
}

/** Declares tests of the live page in a browser. */
export function describePage(title: string, body: (pages: Pages) => void): void {
  describeWith("chromium", title, (executablePath) => {
    let browser: Browser;

    beforeAll(async () => {
      // Chromium's sandbox does not work for root.
      const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      browser = await chromium.launch({ executablePath, args });
    });

    afterAll(() => browser.close());

    async function newPage(host: string, options: BrowserContextOptions): Promise<Page> {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const problems = problemsOf(page, host);
      onTestFinished(async () => {
        await context.close();
        expect(problems).toEqual([]);
      });
      return page;
    }

    body({
      async open(url, options = {}) {
        const page = await newPage(new URL(url).host, options);
        await page.goto(url);
        return page;
      },

      async simulate({ query = "", ...options } = {}) {
        const page = await newPage("page.test", options);
        await page.clock.install({ time: "2026-01-01T00:00:00Z" });
        await page.addInitScript(simulateFrontend);
        const html = await buildPage();
        await page.route("http://page.test/**", (route) =>
          route.fulfill({ contentType: "text/html", body: html }),
        );
        await page.goto(`http://page.test/${query}`);
        // Otherwise the simulated clock runs on with the real one.
        await page.clock.pauseAt("2026-01-01T01:00:00Z");
        return {
          page,
          set: (scenario) => page.evaluate((next) => void Object.assign(window.scenario, next), scenario),
          pass: (seconds) => page.clock.runFor(seconds * 1000),
        };
      },
    });
  });
}

function problemsOf(page: Page, host: string): string[] {
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) problems.push(message.text());
  });
  page.on("request", (request) => {
    if (new URL(request.url()).host !== host && !request.url().startsWith("data:"))
      problems.push(`requested ${request.url()}`);
  });
  return problems;
}

declare global {
  interface Window {
    scenario: Scenario;
  }
}

/** Replaces `fetch` inside the page. */
function simulateFrontend(): void {
  window.scenario = { mode: "respond", green: 0, errors: { blue: 0, green: 0 }, weights: false };
  let count = 0;
  // The golden ratio spreads the numbers evenly.
  const next = (step: number) => (count * step * 100) % 100;
  window.fetch = (_url, init) => {
    const { mode, green, errors, weights } = window.scenario;
    if (mode === "refuse") return Promise.reject(new TypeError("Failed to fetch"));
    if (mode === "hang")
      return new Promise((_resolve, reject) =>
        init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
      );
    count++;
    const color = next(0.618_034) < green ? "green" : "blue";
    const ok = next(0.414_214) >= errors[color];
    const headers = new Headers({ "x-echo-backend-color": color });
    if (weights) headers.set("x-echo-weights", `blue=${100 - green},green=${green}`);
    const backend = color === "blue" ? "11.0" : "12.0";
    const body = { backend: ok ? backend : "error", ec2IP: "10.0.0.1", hostname: "pod", version: "2.0" };
    return Promise.resolve(new Response(JSON.stringify(body), { status: ok ? 200 : 502, headers }));
  };
}
