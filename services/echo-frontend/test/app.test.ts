import type { RequestListener } from "node:http";
import { hostname } from "node:os";
import { get, listen } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { frontend } from "./support/frontend.ts";
import { httpUpstream, rawUpstream, VERSION_11 } from "./support/upstream.ts";

test("responds with the keys of the original, in its order", async () => {
  const { status, body } = await frontend({ NODE_IP: "10.0.0.1" }).getEcho();
  expect(status).toBe(200);
  expect(body.replace(/"time":"\d\d:\d\d:\d\d"/, '"time":"…"')).toBe(
    `{"backend":"none","ec2IP":"10.0.0.1","hostname":${JSON.stringify(hostname())},"time":"…","version":"2.0"}\n`,
  );
});

test("responds with the backend's version to the first request and to the thousandth", async () => {
  const { getEcho } = frontend({
    BACKEND: await httpUpstream((_request, response) => response.end(VERSION_11)),
  });
  for (let i = 0; i < 1000; i++) expect((await getEcho()).echo.backend).toBe("11.0");
});

test("if the upstream request fails, responds with the same JSON and the reason, and logs the cause", async () => {
  const { getEcho, lines } = frontend({
    BACKEND: await httpUpstream((_request, response) => response.end("<html>")),
  });
  const { status, echo } = await getEcho();
  expect(status).toBe(502);
  expect(Object.keys(echo)).toEqual(["backend", "ec2IP", "hostname", "time", "version", "error"]);
  expect(echo).toMatchObject({ backend: "error", error: "the backend's response is not JSON" });
  expect(JSON.parse(lines.join(""))).toMatchObject({
    level: "warn",
    status: 502,
    error: expect.stringMatching(/^the backend's response is not JSON \(.*JSON.*\)$/),
  });
});

test("passes the request id to the backend", async () => {
  const ids: unknown[] = [];
  const { app } = frontend({
    BACKEND: await httpUpstream((request, response) => {
      ids.push(request.headers["x-request-id"]);
      response.end(VERSION_11);
    }),
  });
  await app.inject({ url: "/", headers: { "x-request-id": "abc" } });
  expect(ids).toEqual(["abc"]);
});

test("requests the path and query of BACKEND", async () => {
  const urls: unknown[] = [];
  const onRequest: RequestListener = (request, response) => {
    urls.push(`${request.method} ${request.url}`);
    response.end(VERSION_11);
  };
  await frontend({ BACKEND: `${await httpUpstream(onRequest)}/a/b?c=d` }).getEcho();
  expect(urls).toEqual(["GET /a/b?c=d"]);
});

test("follows a traffic switch once its connections are older than BACKEND_CONNECTION_MAX_AGE_MS", async () => {
  let version = "11.0";
  const connections: number[] = [];
  // An open connection keeps its version, as with a Service whose selector has changed.
  const backend = await rawUpstream((socket, number) => {
    const own = version;
    connections.push(number);
    socket.on("data", () =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"version":"${own}"}`),
    );
  });
  const { app } = frontend({ BACKEND: backend, BACKEND_CONNECTION_MAX_AGE_MS: "2000" });
  const port = await listen(app);
  expect(await get(port)).toContain('"backend":"11.0"');
  version = "12.0";
  await expect.poll(() => get(port), { interval: 5 }).toContain('"backend":"12.0"');
  expect(connections).toEqual([0, 1]);
});
