import type { RequestListener } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { frontend } from "./support/frontend.ts";
import { httpUpstream } from "./support/upstream.ts";

describe("the metadata service", () => {
  test("is requested with a token, once for all requests", async () => {
    const received: string[] = [];
    const url = await httpUpstream((request, response) => {
      received.push(
        `${request.method} ${request.url} ${String(request.headers["x-aws-ec2-metadata-token"])}`,
      );
      response.end(request.method === "PUT" ? "token-1" : "10.1.2.3");
    });
    const { getEcho } = frontend({ EC2_METADATA_URL: url });
    await expect.poll(async () => (await getEcho()).echo.ec2IP).toBe("10.1.2.3");
    const before = received.length;
    for (let i = 0; i < 10; i++) expect((await getEcho()).echo.ec2IP).toBe("10.1.2.3");
    expect(received.slice(-2)).toEqual([
      "PUT /latest/api/token undefined",
      "GET /latest/meta-data/local-ipv4 token-1",
    ]);
    expect(received).toHaveLength(before);
  });

  test("is requested again in the background, and the last address stays if that fails", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let address = "10.1.2.3";
    const url = await httpUpstream((_request, response) => response.end(address));
    const { getEcho, lines } = frontend({ EC2_METADATA_URL: url });
    // Each step lets a minute pass, because a request to the service can time out on a busy machine.
    const addressAfterMinutes = () =>
      expect.poll(async () => {
        vi.advanceTimersByTime(60_000);
        return (await getEcho()).echo.ec2IP;
      });
    await addressAfterMinutes().toBe("10.1.2.3");
    address = "<html>";
    vi.advanceTimersByTime(60_000);
    await expect.poll(() => lines.join("")).toContain("metadata service returned no address");
    expect((await getEcho()).echo.ec2IP).toBe("10.1.2.3");
    address = "10.4.5.6";
    await addressAfterMinutes().toBe("10.4.5.6");
  });

  test("is requested again soon if it returned no address yet", async () => {
    let requests = 0;
    const url = await httpUpstream((_request, response) => {
      if (++requests === 1) response.writeHead(503).end();
      else response.end("10.1.2.3");
    });
    const { getEcho, lines } = frontend({ EC2_METADATA_URL: url });
    await expect.poll(async () => (await getEcho()).echo.ec2IP).toBe("10.1.2.3");
    expect(lines.join("")).toContain("/latest/api/token returned status 503");
  });

  test.each<[string, RequestListener, RegExp]>([
    ["returns no address", (_request, response) => response.end("<html>"), /Invalid address \\"<html>\\"/],
    [
      "refuses",
      (_request, response) => response.writeHead(403).end(),
      /\/latest\/api\/token returned status 403/,
    ],
    [
      "redirects",
      (request, response) => {
        if (request.url === "/elsewhere") response.end("10.6.6.6");
        else response.writeHead(307, { location: "/elsewhere" }).end();
      },
      /\/latest\/api\/token returned status 307/,
    ],
    ["never responds", () => undefined, /TimeoutError/],
  ])("delays no request if it %s, and the log has the reason", async (_what, onRequest, reason) => {
    const { getEcho, lines } = frontend({ EC2_METADATA_URL: await httpUpstream(onRequest) });
    expect((await getEcho()).echo.ec2IP).toBe("");
    await expect.poll(() => lines.join("")).toContain("metadata service returned no address");
    // On a busy machine, a request can time out before its response.
    await expect.poll(() => lines.join("")).toMatch(reason);
    expect((await getEcho()).echo.ec2IP).toBe("");
  });

  test("is not requested if NODE_IP is set", async () => {
    let requests = 0;
    const url = await httpUpstream(() => requests++);
    const { getEcho } = frontend({ NODE_IP: "10.9.9.9", EC2_METADATA_URL: url });
    expect((await getEcho()).echo.ec2IP).toBe("10.9.9.9");
    expect(requests).toBe(0);
  });
});

test("there is no address without NODE_IP and EC2_METADATA_URL", async () => {
  expect((await frontend().getEcho()).echo.ec2IP).toBe("");
});
