/// <reference lib="dom" />
import { createServer, request as forward, type RequestListener } from "node:http";
import { BUNDLES, listenOn, ServiceProcess } from "@echo/kit/testing";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { describePage } from "../../support/live-page.ts";

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
async function startSystem(env: { blue?: Record<string, string>; green?: Record<string, string> } = {}) {
  const blue = await new ServiceProcess(BUNDLES.blue, { COLOR: "blue", ...env.blue }).ports();
  const green = await new ServiceProcess(BUNDLES.green, { COLOR: "green", ...env.green }).ports();
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

describePage("the live page", ({ open }) => {
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

  test("a failing colour has its errors in the cells and in the table", async () => {
    const system = await startSystem({ green: { FAILURE_RATE: "100" } });
    const page = await open(`http://127.0.0.1:${system.port}/`);
    await share(page, "blue").waitFor();
    system.shiftToGreen();
    await share(page, "green").waitFor();
    const rows = () =>
      page
        .locator("#by-color tr")
        .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    // An error has no version, so green has only its colour as a name.
    await expect
      .poll(rows)
      .toEqual([expect.arrayContaining(["blue 11.0", "0 %"]), expect.arrayContaining(["green", "100 %"])]);
    await expect.poll(() => hasCell(page, "error")).toBe(true);
    await expect.poll(() => hasCell(page, "green")).toBe(true);
  });

  test("latency is the time of the server, not of the browser's queue, and the real rate is shown", async () => {
    const system = await startSystem({ blue: { DELAY_MS: "300" } });
    const measured: Measured[] = [];
    const port = await serve(
      measure(
        proxy(() => system.port),
        measured,
      ),
    );
    const page = await open(`http://127.0.0.1:${port}/`);
    // A browser opens six connections to a server. These requests take turns with those of the page.
    await page.evaluate(() => {
      for (let i = 0; i < 6; i++)
        void (async () => {
          let responds = true;
          // The server may end before the page does.
          while (responds)
            responds = await fetch("/occupied", { cache: "no-store" }).then(Boolean, () => false);
        })();
    });
    await page.locator("#rate").fill("50");
    await expect.poll(() => page.locator("#sent").textContent()).toMatch(/^\d+ of 50$/);
    await expect
      .poll(async () => Number(await page.locator("#pods td").last().textContent()))
      .toBeGreaterThan(30);
    // What the page would show if it measured the requests itself: nearly twice as long.
    const queued = await page.evaluate(() =>
      performance.getEntriesByType("resource").map(({ duration }) => duration),
    );
    expect(median(queued)).toBeGreaterThan(1.5 * serverP50(measured));
    // 400 ms for a server of 300 ms. Both are longer on a busy machine.
    const p50 = async () =>
      Number.parseFloat((await page.locator("#p50").textContent()) ?? "") / serverP50(measured);
    await expect.poll(p50).toBeLessThan(4 / 3);
    expect(await p50()).toBeGreaterThan(0.9);
  });
});

/** How long a response took, and when it ended, in ms. */
interface Measured {
  at: number;
  milliseconds: number;
}

/** Adds to `measured` how long each response takes. */
function measure(listener: RequestListener, measured: Measured[]): RequestListener {
  return (request, response) => {
    const start = performance.now();
    response.on("finish", () => {
      const at = performance.now();
      measured.push({ at, milliseconds: at - start });
    });
    listener(request, response);
  };
}

/** The median of the last 10 s, which the page shows too. */
function serverP50(measured: readonly Measured[]): number {
  const from = performance.now() - 10_000;
  return median(measured.filter(({ at }) => at >= from).map(({ milliseconds }) => milliseconds));
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
