/// <reference lib="dom" />
import { createServer, request as forward, type RequestListener } from "node:http";
import { AxeBuilder } from "@axe-core/playwright";
import { BUNDLES, describeWith, listenOn, ServiceProcess } from "@echo/kit/testing";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";

function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return listenOn(server);
}

/** Forwards requests to the port that `target` returns, without the prefix `strip` of their path. */
function proxy(target: () => number, strip = ""): RequestListener {
  return (request, response) => {
    const { method, headers, url = "/" } = request;
    const path = url.startsWith(strip) ? url.slice(strip.length) || "/" : url;
    const forwarded = forward({ port: target(), host: "127.0.0.1", method, path, headers }, (upstream) => {
      response.writeHead(upstream.statusCode ?? 502, upstream.headers);
      upstream.pipe(response);
    });
    forwarded.on("error", () => response.writeHead(502).end());
    request.pipe(forwarded);
  };
}

/** Blue, green, and a frontend whose upstream a test switches between them. */
async function startSystem() {
  const blue = await new ServiceProcess(BUNDLES.blue).ports();
  const green = await new ServiceProcess(BUNDLES.green).ports();
  let target = blue.port;
  const stable = await serve(proxy(() => target));
  const frontend = await new ServiceProcess(BUNDLES.frontend, {
    BACKEND: `http://127.0.0.1:${stable}`,
  }).ports();
  return {
    port: frontend.port,
    shiftToGreen: () => (target = green.port),
    breakBackend: () => (target = 1),
  };
}

const share = (page: Page, color: string) => page.locator(`#shares .${color}`);
/** Whether any cell has one of the page's colours. */
const hasCell = (page: Page, look: string) =>
  page.evaluate((name) => {
    const canvas = document.querySelector<HTMLCanvasElement>("#cells");
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return false;
    const probe = document.createElement("canvas").getContext("2d");
    if (!probe) return false;
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255)
        return true;
    return false;
  }, look);

describeWith("chromium", "the live page", (executablePath) => {
  let browser: Browser;

  beforeAll(async () => {
    // Chromium's sandbox does not work for root.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath, args });
  });

  afterAll(() => browser.close());

  /** Opens the page. The test fails at a script error, a policy violation or a request to another origin. */
  async function open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.text().includes("Content Security Policy")) problems.push(message.text());
    });
    page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(url).host && !request.url().startsWith("data:"))
        problems.push(`requested ${request.url()}`);
    });
    onTestFinished(async () => {
      await context.close();
      expect(problems).toEqual([]);
    });
    await page.goto(url);
    return page;
  }

  test("cells have the colours of the responses, and a shift shows without a reload", async () => {
    const system = await startSystem();
    const page = await open(`http://127.0.0.1:${system.port}/`);
    await share(page, "blue").waitFor();
    await expect.poll(() => hasCell(page, "blue")).toBe(true);
    expect(await hasCell(page, "green")).toBe(false);
    system.shiftToGreen();
    await share(page, "green").waitFor();
    await expect.poll(() => hasCell(page, "green")).toBe(true);
    expect(await page.locator("#raw").textContent()).toContain('"backend":"12.0"');
    expect(await page.locator("#pods tr").count()).toBe(1);
  });

  test("errors are red, and the last response has the reason", async () => {
    const system = await startSystem();
    system.breakBackend();
    const page = await open(`http://127.0.0.1:${system.port}/`);
    await share(page, "error").waitFor();
    await expect.poll(() => hasCell(page, "error")).toBe(true);
    expect(await page.locator("#raw").textContent()).toContain('"error":');
  });

  test.each(["/blue", ""])(
    "works behind a load balancer with the prefix /blue/ that strips %j",
    async (strip) => {
      const system = await startSystem();
      const port = await serve(proxy(() => system.port, strip));
      const page = await open(`http://127.0.0.1:${port}/blue/`);
      const requested = page.waitForRequest((request) => request.headers().accept === "application/json");
      expect(new URL((await requested).url()).pathname).toBe("/blue/");
      await share(page, "blue").waitFor();
    },
  );

  test.each([
    ["a user and a password", (port: number) => `http://user:password@127.0.0.1:${port}/`],
    ["two slashes", (port: number) => `http://127.0.0.1:${port}//other.example/`],
    ["a query and a fragment", (port: number) => `http://127.0.0.1:${port}/?a=b#c`],
    ["an IPv4 address in short form", (port: number) => `http://127.1:${port}/`],
  ])("works at an address with %s", async (_what, address) => {
    const system = await startSystem();
    const page = await open(address(system.port));
    await share(page, "blue").waitFor();
    expect(await share(page, "error").count()).toBe(0);
  });

  test("can be used with the keyboard", async () => {
    const system = await startSystem();
    const page = await open(`http://127.0.0.1:${system.port}/`);
    await share(page, "blue").waitFor();
    await page.locator("#rate").focus();
    await page.keyboard.press("End");
    expect(await page.locator("#rate-shown").textContent()).toBe("50");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await page.locator("#pause").getAttribute("aria-pressed")).toBe("true");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("clear");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#overall").textContent()).toBe("no response yet");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.locator("#pods td").last().textContent()).toBe("100");
  });

  test.each(["light", "dark"] as const)(
    "has no accessibility violation in the %s scheme, on a desktop and on a phone",
    async (colorScheme) => {
      const system = await startSystem();
      for (const viewport of [
        { width: 1280, height: 900 },
        { width: 360, height: 740 },
      ]) {
        const page = await open(`http://127.0.0.1:${system.port}/`, {
          colorScheme,
          viewport,
          bypassCSP: true,
        });
        await share(page, "blue").waitFor();
        await page.locator("#pause").click();
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
          viewport.width,
        );
      }
    },
  );
});
