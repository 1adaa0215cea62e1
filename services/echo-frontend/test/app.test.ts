import type { RequestListener } from "node:http";
import { hostname } from "node:os";
import { BUNDLES, listen, RawConnection, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { frontend } from "./support/frontend.ts";
import { httpUpstream, rawUpstream, VERSION_11 } from "./support/upstream.ts";

const GET_AND_CLOSE = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

test("answers the keys of the original, in its order", async () => {
  const { status, body } = await frontend({ NODE_IP: "10.0.0.1" }).ask();
  expect(status).toBe(200);
  expect(body.replace(/"time":"\d\d:\d\d:\d\d"/, '"time":"…"')).toBe(
    `{"backend":"none","ec2IP":"10.0.0.1","hostname":${JSON.stringify(hostname())},"time":"…","version":"2.0"}\n`,
  );
});

test("says the backend's version on the first request and on the thousandth", async () => {
  const { ask } = frontend({ BACKEND: await httpUpstream((_request, response) => response.end(VERSION_11)) });
  for (let i = 0; i < 1000; i++) expect((await ask()).echo.backend).toBe("11.0");
});

test("an answer that it could not get is the same JSON, with the reason, and the log has the cause", async () => {
  const { ask, lines } = frontend({
    BACKEND: await httpUpstream((_request, response) => response.end("<html>")),
  });
  const { status, echo } = await ask();
  expect(status).toBe(502);
  expect(Object.keys(echo)).toEqual(["backend", "ec2IP", "hostname", "time", "version", "error"]);
  expect(echo).toMatchObject({ backend: "error", error: "the backend's answer is not JSON" });
  expect(JSON.parse(lines.join(""))).toMatchObject({
    level: "warn",
    status: 502,
    error: expect.stringMatching(/^the backend's answer is not JSON \(.*JSON.*\)$/),
  });
});

test("an answer that did not come in time is the same JSON too, and the frontend stays ready", async () => {
  const service = new ServiceProcess(BUNDLES.frontend, {
    BACKEND: await rawUpstream(() => undefined),
    BACKEND_TIMEOUT_MS: "100",
  });
  const { port, adminPort } = await service.ports();
  expect(await sendRaw(port, GET_AND_CLOSE)).toMatch(
    /^HTTP\/1\.1 504 [\s\S]*"backend":"error"[\s\S]*,"error":"the backend did not answer within 100 ms"\}\n$/,
  );
  expect(await sendRaw(adminPort, GET_AND_CLOSE.replace(" / ", " /readyz "))).toContain("200 OK");
});

test("passes the request's id on to the backend", async () => {
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

test("asks the path and query that its URL has", async () => {
  const urls: unknown[] = [];
  const onRequest: RequestListener = (request, response) => {
    urls.push(`${request.method} ${request.url}`);
    response.end(VERSION_11);
  };
  await frontend({ BACKEND: `${await httpUpstream(onRequest)}/a/b?c=d` }).ask();
  expect(urls).toEqual(["GET /a/b?c=d"]);
});

test("finishes what is in flight before it gives up its connections to the backend", async () => {
  const asked = Promise.withResolvers<() => void>();
  const backend = await httpUpstream((_request, response) => asked.resolve(() => response.end(VERSION_11)));
  const service = new ServiceProcess(BUNDLES.frontend, { BACKEND: backend });
  const { port } = await service.ports();
  const connection = await RawConnection.open(port);
  connection.write(GET_AND_CLOSE);
  const answer = await asked.promise;
  service.child.kill("SIGTERM");
  await service.logged(/"draining"/);
  answer();
  await connection.closed;
  expect(connection.received).toMatch(/200 OK[\s\S]*"backend":"11\.0"/);
  expect(await service.exited).toBe(0);
});

describe("WORK_ITERATIONS", () => {
  test("leaves the probes quick while it burns", async () => {
    const service = new ServiceProcess(BUNDLES.frontend, { WORK_ITERATIONS: "1000000000" });
    const { port, adminPort } = await service.ports();
    const connection = await RawConnection.open(port);
    for (let i = 0; i < 10; i++) connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    for (let i = 0; i < 5; i++)
      expect(await sendRaw(adminPort, GET_AND_CLOSE.replace(" / ", " /livez "))).toContain("200 OK");
    expect(connection.received).toBe("");
  });
});

test("a switch behind the backend's name is followed once connections are as old as they may be", async () => {
  let version = "11.0";
  const connections: number[] = [];
  // Whoever has connected to one version keeps it, as with a Service whose selector has changed.
  const backend = await rawUpstream((socket, number) => {
    const mine = version;
    connections.push(number);
    socket.on("data", () =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"version":"${mine}"}`),
    );
  });
  const { app } = frontend({ BACKEND: backend, BACKEND_CONNECTION_MAX_AGE_MS: "300" });
  const port = await listen(app);
  const ask = () => sendRaw(port, GET_AND_CLOSE);
  expect(await ask()).toContain('"backend":"11.0"');
  expect(await ask()).toContain('"backend":"11.0"');
  expect(connections).toEqual([0]);
  version = "12.0";
  const start = performance.now();
  while (performance.now() - start < 300) await ask();
  expect(await ask()).toContain('"backend":"12.0"');
});
