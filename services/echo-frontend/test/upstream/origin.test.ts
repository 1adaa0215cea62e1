import { createServer } from "node:http";
import { listenOn } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { originOf } from "../../src/upstream/origin.ts";
import { frontend } from "../support/frontend.ts";
import { closedUpstream, httpUpstream, rawUpstream, VERSION_11 } from "../support/upstream.ts";

const headersOf = async (BACKEND: string, env: Record<string, string> = {}) =>
  (await frontend({ BACKEND, ...env }).app.inject("/")).headers;

describe("the frontend names the colour of its backend", () => {
  test.each([
    ["a version", 200, VERSION_11],
    ["an error", 500, "Simulated Error\n"],
    ["an invalid body", 200, "<html>"],
    ["a body that is too long", 200, "x".repeat(100_000)],
  ])("if the response is %s", async (_what, status, body) => {
    const url = await httpUpstream((_request, response) =>
      response.writeHead(status, { "x-echo-color": "green" }).end(body),
    );
    expect((await headersOf(url))["x-echo-backend-color"]).toBe("green");
  });

  test("if the body of the response does not arrive in time, or is cut", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nX-Echo-Color: blue\r\n\r\n{";
    const slow = await rawUpstream((socket) => socket.on("data", () => socket.write(head)));
    const cut = await rawUpstream((socket) => socket.on("data", () => socket.end(head)));
    expect(await headersOf(slow, { BACKEND_TIMEOUT_MS: "200" })).toMatchObject({
      "x-echo-backend-color": "blue",
    });
    expect(await headersOf(cut)).toMatchObject({ "x-echo-backend-color": "blue" });
  });

  test("of the retry, not of the connection that failed", async () => {
    const url = await rawUpstream((socket, number) =>
      socket.on("data", () =>
        number === 0
          ? socket.resetAndDestroy()
          : socket.write("HTTP/1.1 500 Error\r\nX-Echo-Color: green\r\nContent-Length: 0\r\n\r\n"),
      ),
    );
    expect((await headersOf(url))["x-echo-backend-color"]).toBe("green");
  });
});

test("without a response there is no colour", async () => {
  expect(await headersOf(await closedUpstream())).not.toHaveProperty("x-echo-backend-color");
  const silent = await rawUpstream(() => undefined);
  expect(await headersOf(silent, { BACKEND_TIMEOUT_MS: "100" })).not.toHaveProperty("x-echo-backend-color");
});

describe("a header of a backend is not passed on if it is", () => {
  test.each([
    ["another colour", { "x-echo-color": "red" }],
    ["markup", { "x-echo-color": "<b>blue</b>" }],
    ["a colour in other letters", { "x-echo-color": "Blue" }],
    ["two colours", { "x-echo-color": ["blue", "green"] }],
    ["weights without a number", { "x-echo-weights": "blue=x,green=1" }],
    ["weights of other colours", { "x-echo-weights": "red=50,green=50" }],
    ["weights and more", { "x-echo-weights": "blue=50,green=50,red=0" }],
    ["a further header", { "set-cookie": "a=b", "x-echo-backend-color": "green" }],
  ])("%s", async (_what, headers) => {
    const server = createServer((_request, response) => response.writeHead(200, headers).end(VERSION_11));
    const passed = await headersOf(`http://127.0.0.1:${await listenOn(server)}`);
    for (const name of ["x-echo-backend-color", "x-echo-weights", "set-cookie"])
      expect(passed).not.toHaveProperty(name);
  });
});

test("weights are passed on", () => {
  expect(originOf({ "x-echo-weights": "blue=75,green=25", "x-echo-color": "blue" })).toEqual({
    color: "blue",
    weights: "blue=75,green=25",
  });
});
