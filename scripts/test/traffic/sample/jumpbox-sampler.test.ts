import { describeWith } from "@echo/kit/testing/tools";
import { expect, test } from "vitest";
import type { Color } from "../../../src/domain/color.ts";
import { sampleColors, sampleFrontend } from "../../../src/traffic/sample/jumpbox-sampler.ts";
import { localJumpbox } from "../../support/local-jumpbox.ts";
import { respondTogether, startService } from "../../support/service.ts";

describeWith("curl", "samples through the jumpbox", () => {
  // Without this, the time of a request includes the wait for the response before it.
  test("have 4 requests in flight, each on its own connection", async () => {
    const sockets = new Set<unknown>();
    const { listener, most } = respondTogether(4, ({ socket }, response) => {
      sockets.add(socket);
      response.setHeader("x-echo-color", "blue").end();
    });
    const url = await startService(listener);
    const samples = await sampleColors(localJumpbox(), url)(40);
    expect(samples.map(({ status, color }) => [status, color])).toEqual(
      Array.from({ length: 40 }, () => [200, "blue"]),
    );
    expect(most()).toBe(4);
    expect(sockets.size).toBe(40);
  });

  test("have the given Host header, and count requests without a response", async () => {
    const hosts = new Set<string | undefined>();
    const url = await startService(({ headers, socket, url: path }, response) => {
      hosts.add(headers.host);
      if (path === "/?3") socket.destroy();
      else response.setHeader("x-echo-color", "green").end();
    });
    const samples = await sampleColors(localJumpbox(), url, "echo-backend.demos")(23);
    expect([...hosts]).toEqual(["echo-backend.demos"]);
    expect(samples).toHaveLength(23);
    expect(samples.filter(({ status, color }) => status === 0 && color === undefined)).toHaveLength(2);
    expect(samples.filter(({ status, color }) => status === 200 && color === "green")).toHaveLength(21);
  });

  test("of a frontend have the colour of its backend, by the header or else by the version", async () => {
    let count = 0;
    const url = await startService((_request, response) => {
      const version = count++ % 2 === 0 ? "11.0" : "12.0";
      if (count === 5)
        response
          .writeHead(502, { "x-echo-backend-color": "green" })
          .end('{"backend":"error","version":"2.0"}\n');
      else response.end(`{"backend":"${version}","version":"2.0"}\n`);
    });
    const colors = new Map<string, Color>([
      ["11.0", "blue"],
      ["12.0", "green"],
    ]);
    const samples = await sampleFrontend(localJumpbox(), url, colors)(6);
    expect(samples.map(({ status, color }) => [status, color])).toEqual([
      [200, "blue"],
      [200, "green"],
      [200, "blue"],
      [200, "green"],
      [502, "green"],
      [200, "green"],
    ]);
  });
});
