import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { HttpConnection } from "../../src/hot-path/http-connection.ts";
import { listenOn } from "../support/index.ts";
import { HttpConnection as LibraryConnection } from "./library/http-connection.ts";

const IMPLEMENTATIONS = { ours: HttpConnection, library: LibraryConnection };

/** A server that writes bytes on each request. Returns its URL and the requests. */
async function server(respond: (socket: Socket, request: number) => void) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => respond(socket, requests.push(bytes.toString())));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: new URL(`http://127.0.0.1:${await listenOn(listener)}/path?query`), requests, sockets };
}

type Outcome = { status?: number; color?: string; body?: string; error?: string; responded?: boolean };

/** Sends one request. */
async function resultOf(of: keyof typeof IMPLEMENTATIONS, url: URL): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const options = { url, maxBodyBytes: 100, onFree: () => undefined, onClose: () => undefined };
  const connection = new IMPLEMENTATIONS[of](options);
  onTestFinished(() => connection.destroy());
  let head: Outcome = {};
  connection.send(
    { accept: "application/json", "x-request-id": "id-1" },
    {
      onHead: (status, headers) =>
        (head = { status, ...(headers["x-echo-color"] && { color: headers["x-echo-color"] }) }),
      onEnd: (body) => resolve({ ...head, body }),
      onError: (error, responded) => resolve({ ...head, error: error.name, responded }),
    },
  );
  return await promise;
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

describe("the result is that of undici if the server", () => {
  test.each<[string, (socket: Socket) => unknown]>([
    ["responds", (socket) => socket.write(`${OK}X-Echo-Color: blue\r\nContent-Length: 2\r\n\r\nhi`)],
    [
      "responds with another status",
      (socket) => socket.write("HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\nx"),
    ],
    ["responds without a reason", (socket) => socket.write("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx")],
    ["responds in chunks", (socket) => socket.write(`${CHUNKED}2\r\nhi\r\n1;a=b\r\n!\r\n0\r\na: b\r\n\r\n`)],
    [
      "sends an early hint first",
      (socket) => socket.write(`HTTP/1.1 103 E\r\n\r\n${OK}Content-Length: 1\r\n\r\nx`),
    ],
    ["responds until it closes", (socket) => socket.end(`${OK}\r\nhi`)],
    ["has no body", (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n")],
    [
      "sends a colour twice",
      (socket) => socket.write(`${OK}X-Echo-Color: a\r\nX-Echo-Color: b\r\nContent-Length: 0\r\n\r\n`),
    ],
    ["closes at once", (socket) => socket.end()],
    ["closes in the body", (socket) => socket.end(`${OK}Content-Length: 5\r\n\r\nhi`)],
    ["closes in a chunk", (socket) => socket.end(`${CHUNKED}5\r\nhi`)],
    ["sends another protocol", (socket) => socket.end("SSH-2.0-OpenSSH\r\n")],
    ["sends garbage", (socket) => socket.end("\0\x01garbage\r\n\r\n")],
    [
      "sends a length and chunks",
      (socket) => socket.write(`${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`),
    ],
    ["sends two lengths", (socket) => socket.write(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`)],
    ["sends an invalid length", (socket) => socket.write(`${OK}Content-Length: 1x\r\n\r\nx`)],
    ["sends an invalid chunk", (socket) => socket.write(`${CHUNKED}x\r\n`)],
    ["sends an invalid header", (socket) => socket.write(`${OK}a\0b: c\r\nContent-Length: 0\r\n\r\n`)],
    ["sends a long body", (socket) => socket.write(`${OK}Content-Length: 200\r\n\r\n${"x".repeat(200)}`)],
  ])("%s", async (_what, respond) => {
    const { url } = await server(respond);
    const ours = await resultOf("ours", url);
    expect(ours).toEqual(await resultOf("library", url));
    expect(ours.body ?? ours.error).toBeDefined();
  });
});

test("the request has the headers of undici", async () => {
  const { url, requests } = await server((socket) => socket.write(`${OK}Content-Length: 0\r\n\r\n`));
  await resultOf("ours", url);
  await resultOf("library", url);
  const [ours = "", library] = requests;
  expect(ours.toLowerCase()).toBe(library?.toLowerCase());
});

/** One connection, and how often it was free. */
function connect(url: URL) {
  const events: string[] = [];
  const connection = new HttpConnection({
    url,
    maxBodyBytes: 100,
    onFree: () => events.push("free"),
    onClose: () => events.push("closed"),
  });
  onTestFinished(() => connection.destroy());
  const send = () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    connection.send({}, { onHead: () => undefined, onEnd: resolve, onError: reject });
    return promise;
  };
  return { connection, events, send };
}

describe("a connection", () => {
  test("serves one request after the other", async () => {
    const { url, sockets } = await server((socket, request) =>
      socket.write(`${OK}Content-Length: 1\r\n\r\n${request}`),
    );
    const { send, events } = connect(url);
    expect([await send(), await send(), await send()]).toEqual(["1", "2", "3"]);
    expect(events).toEqual(["free", "free", "free"]);
    expect(sockets.size).toBe(1);
  });

  test.each([
    ["if the server says so", `${OK}Connection: close\r\nContent-Length: 1\r\n\r\nx`],
    ["if more than the response arrives", `${OK}Content-Length: 1\r\n\r\nxyz`],
    ["if the server is about to close it", `${OK}Keep-Alive: timeout=1\r\nContent-Length: 1\r\n\r\nx`],
  ])("closes after its response %s", async (_what, response) => {
    const { url } = await server((socket) => socket.write(response));
    const { send, events } = connect(url);
    expect(await send()).toBe("x");
    await expect.poll(() => events).toEqual(["closed"]);
  });

  test("is used no longer than the server keeps it", async () => {
    const { url } = await server((socket) =>
      socket.write(`${OK}Keep-Alive: timeout=10\r\nContent-Length: 0\r\n\r\n`),
    );
    const { connection, send } = connect(url);
    await send();
    expect(connection.isUsable(performance.now())).toBe(true);
    expect(connection.isUsable(performance.now() + 9001)).toBe(false);
  });

  test("closes if bytes arrive that nothing requested", async () => {
    const { url, sockets } = await server((socket) => socket.write(`${OK}Content-Length: 0\r\n\r\n`));
    const { connection, send, events } = connect(url);
    await send();
    for (const socket of sockets) socket.write(`${OK}Content-Length: 6\r\n\r\npoison`);
    await expect.poll(() => events).toEqual(["free", "closed"]);
    expect(connection.isUsable(performance.now())).toBe(false);
  });

  test("fails its request with the reason for which it is closed", async () => {
    const { url } = await server(() => undefined);
    const { connection, send } = connect(url);
    const pending = send();
    connection.destroy(new Error("too late"));
    await expect(pending).rejects.toThrow("too late");
  });
});
