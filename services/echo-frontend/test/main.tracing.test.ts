import { BUNDLES, get, type ReceivedSpan, sendRaw, ServiceProcess, TraceReceiver } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { closedUpstream, httpResponse, httpUpstream, rawUpstream, VERSION_11 } from "./support/upstream.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";

/** A frontend with a backend, both with the same settings. */
async function chain(env: Readonly<Record<string, string>>) {
  const backend = new ServiceProcess(BUNDLES.blue, { ...env, COLOR: "blue" });
  const url = `http://127.0.0.1:${(await backend.ports()).port}`;
  const frontend = new ServiceProcess(BUNDLES.frontend, { ...env, COLOR: "green", BACKEND: `${url}/a?b=c` });
  return { frontend, backend, url, port: (await frontend.ports()).port };
}

/** A frontend that exports its spans to a receiver. */
async function tracedFrontend(env: Record<string, string> = {}) {
  const receiver = await TraceReceiver.start();
  const service = new ServiceProcess(BUNDLES.frontend, { ...receiver.env, ...env });
  return { receiver, service, port: (await service.ports()).port };
}

const kinds = (spans: ReceivedSpan[]) => spans.map(({ kind }) => kind);

describe("a request through both services", () => {
  test("is one trace: frontend, its upstream request, backend", async () => {
    const receiver = await TraceReceiver.start();
    const { frontend, backend, url, port } = await chain(receiver.env);
    const request =
      "GET /x?y=z HTTP/1.1\r\nHost: echo.test:81\r\nConnection: close\r\nUser-Agent: me\r\n\r\n";
    expect(await sendRaw(port, request)).toContain('"backend":"11.0"');

    const [server, client, behind] = await receiver.spans(3);
    expect(kinds(receiver.received)).toEqual(["SERVER", "CLIENT", "SERVER"]);
    expect(server).toMatchObject({
      name: "GET",
      parentSpanId: "",
      status: {},
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.path": "/x",
        "url.query": "y=z",
        "url.scheme": "http",
        "server.address": "echo.test",
        "server.port": 81,
        "client.address": expect.stringContaining("127.0.0.1"),
        "network.protocol.version": "1.1",
        "user_agent.original": "me",
      },
    });
    expect(client).toMatchObject({
      name: "GET",
      traceId: server?.traceId,
      parentSpanId: server?.spanId,
      attributes: {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.full": `${url}/a?b=c`,
        "server.address": "127.0.0.1",
        "server.port": Number(new URL(url).port),
        "echo.backend.version": "11.0",
      },
    });
    expect(client?.attributes).not.toHaveProperty(["http.request.resend_count"]);
    expect(behind).toMatchObject({ traceId: server?.traceId, parentSpanId: client?.spanId });

    expect(server?.resource).toMatchObject({
      "service.name": "echo-frontend",
      "service.version": "2.0",
      "echo.color": "green",
    });
    expect(behind?.resource).toMatchObject({
      "service.name": "echo-backend",
      "service.version": "11.0",
      "echo.color": "blue",
    });
    for (const [service, span] of [
      [frontend, server],
      [backend, behind],
    ] as const)
      expect(await service.logged(/"status":200/)).toMatchObject({
        trace_id: span?.traceId,
        span_id: span?.spanId,
      });
  });

  test("continues the trace of its client", async () => {
    const receiver = await TraceReceiver.start();
    const { port } = await chain(receiver.env);
    await get(port, "/", `traceparent: 00-${TRACE_ID}-${PARENT_ID}-01\r\ntracestate: a=b\r\n`);
    const spans = await receiver.spans(3);
    expect(spans.map(({ traceId }) => traceId)).toEqual([TRACE_ID, TRACE_ID, TRACE_ID]);
    expect(spans[0]?.parentSpanId).toBe(PARENT_ID);
  });
});

test("an unsampled trace is logged and passed to the backend, but not exported", async () => {
  const passed: unknown[] = [];
  const { receiver, service, port } = await tracedFrontend({
    BACKEND: await httpUpstream(({ headers }, response) => {
      passed.push(headers.traceparent, headers.tracestate, headers.baggage);
      response.end(VERSION_11);
    }),
  });
  await get(port, "/", `traceparent: 00-${TRACE_ID}-${PARENT_ID}-00\r\ntracestate: a=b\r\nbaggage: c=d\r\n`);
  const line = await service.logged(/"status":200/);
  expect(line).toMatchObject({ trace_id: TRACE_ID });
  expect(passed).toEqual([expect.stringMatching(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`), "a=b", "c=d"]);
  // A later trace has arrived, so the earlier one would have arrived, too.
  await get(port);
  expect(kinds(await receiver.spans(2))).toEqual(["SERVER", "CLIENT"]);
});

test.each([
  ["an invalid traceparent", "traceparent: nonsense\r\n"],
  ["a trace id of zeros", `traceparent: 00-${"0".repeat(32)}-${PARENT_ID}-01\r\n`],
  ["a forbidden version", `traceparent: ff-${TRACE_ID}-${PARENT_ID}-01\r\n`],
  ["bytes beyond ASCII", "traceparent: \xff\r\ntracestate: ,,=;\xff\r\nbaggage: %zz=%zz;\xff,=,\r\n"],
  ["too much baggage", `baggage: ${"a=b,".repeat(2000)}\r\n`],
])("a request starts a new trace if its headers have %s", async (_what, header) => {
  const { receiver, port } = await tracedFrontend({
    BACKEND: await httpUpstream((_request, response) => response.end(VERSION_11)),
  });
  expect(await get(port, "/", header)).toContain('"backend":"11.0"');
  const [server] = await receiver.spans(2);
  expect(server).toMatchObject({ parentSpanId: "", traceId: expect.not.stringContaining(TRACE_ID) });
});

describe("a failure is an error of the span", () => {
  test("for both attempts that found no connection", async () => {
    const { receiver, port } = await tracedFrontend({ BACKEND: await closedUpstream() });
    expect(await get(port)).toMatch(/^HTTP\/1\.1 502 /);
    const [server, first, second] = await receiver.spans(3);
    expect(server).toMatchObject({
      status: { code: "ERROR", message: "the backend refused the connection" },
      attributes: { "http.response.status_code": 502, "error.type": "502" },
    });
    for (const attempt of [first, second])
      expect(attempt).toMatchObject({
        kind: "CLIENT",
        parentSpanId: server?.spanId,
        status: { code: "ERROR" },
        attributes: { "error.type": "ECONNREFUSED" },
      });
    expect(first?.attributes).not.toHaveProperty(["http.request.resend_count"]);
    expect(second?.attributes).toMatchObject({ "http.request.resend_count": 1 });
  });

  test("for the first of two attempts if the retry succeeds", async () => {
    const { receiver, port } = await tracedFrontend({
      BACKEND: await rawUpstream((socket, number) =>
        socket.once("data", () => (number === 0 ? socket.destroy() : socket.end(httpResponse(VERSION_11)))),
      ),
    });
    expect(await get(port)).toContain('"backend":"11.0"');
    const [server, first, second] = await receiver.spans(3);
    expect(server?.status).toEqual({});
    expect(first?.status.code).toBe("ERROR");
    expect(second).toMatchObject({ status: {}, attributes: { "http.request.resend_count": 1 } });
  });

  test.each([
    ["a bad status", httpResponse("no", "HTTP/1.1 503 Busy"), 503, "503"],
    ["no JSON", httpResponse("<html>"), 200, "UpstreamResponseError"],
  ])("for a response with %s", async (_what, response, status, type) => {
    const { receiver, port } = await tracedFrontend({
      BACKEND: await rawUpstream((socket) => socket.once("data", () => socket.end(response))),
    });
    await get(port);
    const [, client] = await receiver.spans(2);
    expect(client).toMatchObject({
      status: { code: "ERROR" },
      attributes: { "http.response.status_code": status, "error.type": type },
    });
  });

  test("for a timeout", async () => {
    const { receiver, port } = await tracedFrontend({
      BACKEND: await rawUpstream(() => undefined),
      BACKEND_TIMEOUT_MS: "50",
    });
    await get(port);
    const [server, client] = await receiver.spans(2);
    expect(server?.attributes).toMatchObject({ "http.response.status_code": 504 });
    expect(client?.attributes).toMatchObject({ "error.type": "UpstreamTimeoutError" });
  });
});
