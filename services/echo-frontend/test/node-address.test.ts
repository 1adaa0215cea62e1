import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { frontend } from "./support/frontend.ts";
import { httpUpstream } from "./support/upstream.ts";

describe("the metadata service", () => {
  test("is asked with a token, once for all requests", async () => {
    const asked: string[] = [];
    const url = await httpUpstream((request, response) => {
      asked.push(`${request.method} ${request.url} ${String(request.headers["x-aws-ec2-metadata-token"])}`);
      response.end(request.method === "PUT" ? "token-1" : "10.1.2.3");
    });
    const { ask } = frontend({ EC2_METADATA_URL: url });
    await expect.poll(async () => (await ask()).echo.ec2IP).toBe("10.1.2.3");
    const before = asked.length;
    for (let i = 0; i < 10; i++) expect((await ask()).echo.ec2IP).toBe("10.1.2.3");
    expect(asked.slice(-2)).toEqual([
      "PUT /latest/api/token undefined",
      "GET /latest/meta-data/local-ipv4 token-1",
    ]);
    expect(asked).toHaveLength(before);
  });

  test("is asked again in the background, the last address kept where it fails", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let address = "10.1.2.3";
    const url = await httpUpstream((_request, response) => response.end(address));
    const { ask, lines } = frontend({ EC2_METADATA_URL: url });
    await expect.poll(async () => (await ask()).echo.ec2IP).toBe("10.1.2.3");
    address = "<html>";
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => lines.join("")).toContain("metadata service gave no address");
    expect((await ask()).echo.ec2IP).toBe("10.1.2.3");
    address = "10.4.5.6";
    vi.advanceTimersByTime(60_000);
    await expect.poll(async () => (await ask()).echo.ec2IP).toBe("10.4.5.6");
  });

  test("is asked again soon where it gave no address yet", async () => {
    let answers = 0;
    const url = await httpUpstream((_request, response) => {
      if (++answers === 1) response.writeHead(503).end();
      else response.end("10.1.2.3");
    });
    const { ask, lines } = frontend({ EC2_METADATA_URL: url });
    await expect.poll(async () => (await ask()).echo.ec2IP).toBe("10.1.2.3");
    expect(lines.join("")).toContain("/latest/api/token answered 503");
  });

  test.each<[string, RequestListener, RegExp]>([
    ["answers nonsense", (_request, response) => response.end("<html>"), /not an address: <html>/],
    ["refuses", (_request, response) => response.writeHead(403).end(), /\/latest\/api\/token answered 403/],
    ["never answers", () => undefined, /TimeoutError/],
  ])("holds no request back when it %s, and the log says why", async (_what, onRequest, reason) => {
    const { ask, lines } = frontend({ EC2_METADATA_URL: await httpUpstream(onRequest) });
    expect((await ask()).echo.ec2IP).toBe("");
    await expect.poll(() => lines.join("")).toContain("metadata service gave no address");
    expect(lines.join("")).toMatch(reason);
    expect((await ask()).echo.ec2IP).toBe("");
  });

  test("is not asked where NODE_IP is set", async () => {
    let asked = 0;
    const { ask } = frontend({ NODE_IP: "10.9.9.9", EC2_METADATA_URL: await httpUpstream(() => asked++) });
    expect((await ask()).echo.ec2IP).toBe("10.9.9.9");
    expect(asked).toBe(0);
  });
});

test("without NODE_IP and a URL to ask there is no address", async () => {
  expect((await frontend().ask()).echo.ec2IP).toBe("");
});
