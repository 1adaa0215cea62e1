import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect } from "node:net";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { freePort, listenOn } from "../../../services/kit/test/support/address.ts";
import { connectionInput } from "../../../services/kit/test/support/fuzz-cases.ts";
import { RawConnection, sendRaw } from "../../../services/kit/test/support/raw.ts";
import { createStableName, type StableNameOptions } from "../../src/dev/stable-name.ts";
import { weightsOf } from "../../src/domain/weights.ts";

const CLOSE = "Host: x\r\nConnection: close\r\n";

/** Starts a backend and the stable name in front of it. @returns the port of the stable name */
async function startBehind(listener: RequestListener): Promise<number> {
  const backend = createServer(listener);
  onTestFinished(() => backend.closeAllConnections());
  const target = await listenOn(backend);
  return startStableName(target);
}

function startStableName(target: number): Promise<number> {
  const stableName = stableNameOf(target);
  onTestFinished(() => stableName.closeAllConnections());
  return listenOn(stableName);
}

test.each([
  ["x-echo-preview: blue", "blue"],
  ["X-Echo-Preview: green", "green"],
  ["x-echo-preview: red", "by weight"],
  ["x-echo-preview: blue, green", "by weight"],
])("a request with the header %s goes to its colour: %s", async (header, expected) => {
  const ports: Record<string, number> = {};
  for (const color of ["blue", "green"]) {
    const backend = createServer((_request, response) => response.end(color));
    onTestFinished(() => backend.closeAllConnections());
    ports[color] = await listenOn(backend);
  }
  const byWeight = "green";
  const stableName = createStableName(() => ({ color: byWeight, weights: weightsOf("green", 100) }), {
    portOf: (color) => ports[color] ?? 0,
  });
  onTestFinished(() => stableName.closeAllConnections());
  const response = await sendRaw(await listenOn(stableName), `GET / HTTP/1.1\r\n${header}\r\n${CLOSE}\r\n`);
  expect(response.split("\r\n\r\n")[1]).toContain(expected === "by weight" ? byWeight : expected);
});

function stableNameOf(target: number, onEnd?: StableNameOptions["onEnd"]) {
  return createStableName(() => ({ color: "green", weights: weightsOf("green", 25) }), {
    portOf: () => target,
    ...(onEnd && { onEnd }),
  });
}

/** Returns what the backend has received. */
const echo: RequestListener = (request, response) => {
  let body = "";
  request.setEncoding("utf8").on("data", (text: string) => (body += text));
  request.on("end", () => {
    const { method, url, headers } = request;
    response.setHeader("x-names", Object.keys(headers).toSorted().join(" "));
    response.end(`${method} ${url} ${headers.host} ${body}\n`);
  });
};

test.each([
  ["an absolute target", "GET http://[ HTTP/1.1", "GET http://[ x"],
  ["an escape that is not UTF-8", String.raw`GET /\%ff HTTP/1.1`, String.raw`GET /\%ff x`],
  ["a bad escape", "GET /%zz?%=%&& HTTP/1.1", "GET /%zz?%=%&& x"],
  ["two slashes", "GET //other.example/ HTTP/1.1", "GET //other.example/ x"],
  ["an asterisk", "OPTIONS * HTTP/1.1", "OPTIONS * x"],
])("forwards %s unchanged", async (_what, line, seen) => {
  const port = await startBehind(echo);
  expect(await sendRaw(port, `${line}\r\n${CLOSE}\r\n`)).toMatch(/^HTTP\/1.1 200 OK/);
  expect(await sendRaw(port, `${line}\r\n${CLOSE}\r\n`)).toContain(seen);
});

test("forwards a body of unknown length, and no header of the connection", async () => {
  const port = await startBehind(echo);
  const hop = "TE: trailers\r\nKeep-Alive: timeout=1\r\nUpgrade: h2c\r\n";
  const head = `POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nX-Own: 1\r\n${hop}`;
  const response = await sendRaw(port, `${head}\r\n3\r\nabc\r\n0\r\n\r\n`);
  expect(response).toContain("POST /a x abc\n");
  expect(response).toContain("x-names: connection host transfer-encoding x-own\r\n");
});

test("a client of HTTP/1.0 gets a body that it can read", async () => {
  const port = await startBehind((_request, response) => {
    response.write("ab");
    response.end("c");
  });
  expect(await sendRaw(port, "GET / HTTP/1.0\r\n\r\n")).toMatch(/\r\n\r\nabc$/);
});

test("no input ends the process", async () => {
  const port = await startBehind(echo);
  for (const input of fc.sample(connectionInput, 500)) {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const socket = connect(port, "127.0.0.1")
      .on("error", () => undefined)
      .on("close", resolve);
    socket.resume().end(input, "latin1");
    await closed;
  }
  expect(await sendRaw(port, `GET / HTTP/1.1\r\n${CLOSE}\r\n`)).toContain("200 OK");
});

test("a client gets 503 without a backend, and a closed connection if the backend stops in the middle", async () => {
  const nowhere = await startStableName(await freePort());
  const unavailable = await sendRaw(nowhere, `GET / HTTP/1.1\r\n${CLOSE}\r\n`);
  expect(unavailable).toContain("503 Service Unavailable");
  expect(unavailable).toContain("x-echo-color: green");
  const port = await startBehind((_request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("some");
    setImmediate(() => response.destroy());
  });
  expect(await sendRaw(port, `GET / HTTP/1.1\r\n${CLOSE}\r\n`)).toMatch(/some$/);
});

test("a response has the weights", async () => {
  const port = await startBehind(echo);
  const response = await sendRaw(port, `GET / HTTP/1.1\r\n${CLOSE}\r\n`);
  expect(response).toContain("x-echo-weights: blue=75,green=25\r\n");
  expect(response).toContain("x-names: ");
});

test("each request is reported with its colour once it has ended, and whether it failed", async () => {
  const ended: string[] = [];
  const backend = createServer((request, response) => {
    if (request.url === "/cut") {
      response.writeHead(200, { "content-length": 100 }).write("some");
      setImmediate(() => response.destroy());
    } else if (request.url !== "/hang") response.writeHead(Number(request.url?.slice(1))).end();
  });
  onTestFinished(() => backend.closeAllConnections());
  const target = await listenOn(backend);
  const stableName = stableNameOf(target, (color, isError) => ended.push(`${color} ${isError}`));
  onTestFinished(() => stableName.closeAllConnections());
  const port = await listenOn(stableName);
  for (const path of ["200", "404", "500", "cut"])
    await sendRaw(port, `GET /${path} HTTP/1.1\r\n${CLOSE}\r\n`);
  const connection = await RawConnection.open(port);
  connection.write("GET /hang HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(backend, "request");
  connection.socket.destroy();
  const expected = [false, false, true, true, true].map((isError) => `green ${isError}`);
  await expect.poll(() => ended).toEqual(expected);
});

test("a request ends at the backend when its client leaves", async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const { promise: started, resolve: start } = Promise.withResolvers<void>();
  const port = await startBehind((_request, response) => {
    response.on("close", resolve);
    start();
  });
  const connection = await RawConnection.open(port);
  connection.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await started;
  connection.socket.destroy();
  await expect(closed).resolves.toBeUndefined();
});

test("the requests that one connection pipelines are handled one after the other, and most stay unread", async () => {
  const COUNT = 2000;
  let received = 0;
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const backend = createServer((_request, response) => {
    if (isOpen) response.end("ok");
    else waiting.push(() => response.end("ok"));
  });
  onTestFinished(() => backend.closeAllConnections());
  const target = await listenOn(backend);
  const stableName = stableNameOf(target);
  stableName.on("request", () => received++);
  const port = await listenOn(stableName);
  const connection = await RawConnection.open(port);
  connection.write(`GET /${"a".repeat(1000)} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(COUNT));
  await expect.poll(() => waiting.length, { timeout: 50_000 }).toBe(1);
  // Node parses what one read has brought to its end.
  expect(received).toBeLessThan(500);
  isOpen = true;
  for (const respond of waiting) respond();
  const responses = () => connection.received.split("HTTP/1.1 200 OK").length - 1;
  await expect.poll(responses, { timeout: 50_000 }).toBe(COUNT);
});
