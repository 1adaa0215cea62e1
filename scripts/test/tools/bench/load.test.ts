import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { platform } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { openLoad } from "../../../tools/bench/load.ts";

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
}

// taskset pins processes on Linux only.
describe.runIf(platform() === "linux")("the load at a fixed rate", () => {
  test("sends its requests whether the earlier ones have ended or not", async () => {
    const held: (() => void)[] = [];
    let mostHeld = 0;
    const url = await listen((_request, response) => {
      held.push(() => response.end("ok"));
      mostHeld = Math.max(mostHeld, held.length);
      // The first responses wait for the tenth request.
      if (mostHeld >= 10) for (const respond of held.splice(0)) respond();
    });
    const { requests, p50Ms, p99Ms, p999Ms } = await openLoad(url, 200, 1);
    expect(mostHeld).toBeGreaterThanOrEqual(10);
    expect(requests).toBeGreaterThan(100);
    expect(p50Ms).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(p999Ms).toBeGreaterThanOrEqual(p99Ms);
  });

  test("counts the time that a request waits for a connection", async () => {
    const blockedMs = 300;
    let blocked = false;
    const url = await listen((_request, response) => {
      if (!blocked) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs);
      blocked = true;
      response.end("ok");
    });
    // All requests of the first 300 ms wait, although each is handled at once when its turn comes.
    const { p99MsOfSeconds } = await openLoad(url, 1000, 2);
    expect(p99MsOfSeconds).toHaveLength(2);
    expect(p99MsOfSeconds[0]).toBeGreaterThan(blockedMs / 2);
  });

  test("fails if a response is not 200", async () => {
    const url = await listen((_request, response) => response.writeHead(503).end());
    await expect(openLoad(url, 100, 1)).rejects.toThrow("Requests failed under load: HTTP/1.1 503");
  });
});
