import { once } from "node:events";
import { createServer } from "node:http";
import { describeWith } from "@echo/kit/testing/tools";
import { expect, onTestFinished, test } from "vitest";
import { wrk } from "../../../src/adapters/wrk.ts";

describeWith("wrk", "the load of a server", () => {
  test.each([
    { speed: "at full speed", limit: {} },
    { speed: "at a limited rate", limit: { rate: 1000 } },
  ])("is measured $speed", async ({ limit }) => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      response.end();
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;

    const load = { connections: 1, seconds: 1, ...limit };
    const result = await wrk.load(`http://127.0.0.1:${port}/`, load);
    expect(result.requestsPerSecond).toBeGreaterThan(0);
    expect(result.p99Ms).toBeGreaterThan(0);
    expect(requests).toBeGreaterThan(0);
  });
});
