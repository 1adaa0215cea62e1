import { buildAdminApp, HTTP_LIMITS, parseConfig } from "@echo/kit";
import { listen, sendRaw, testContext } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { backendSchema } from "../src/config.ts";
import { addFaultRoutes } from "../src/fault-routes.ts";
import { createFaults } from "../src/faults.ts";

const NONE = { errors: 0, delayMs: 0, jitterMs: 0, hang: false };
const JSON_TYPE = "Content-Type: application/json\r\n";

/** An admin port with the faults of a backend. */
async function start(limits = HTTP_LIMITS) {
  const { context } = testContext();
  const admin = buildAdminApp(context, limits);
  const faults = createFaults(parseConfig(backendSchema, {}));
  let changes = 0;
  addFaultRoutes(admin, faults, () => changes++);
  const port = await listen(admin);
  /** Sends a request, and returns its status and body. */
  const send = async (method: string, { host = `127.0.0.1:${port}`, headers = "", body = "" } = {}) => {
    const length = body ? `Content-Length: ${Buffer.byteLength(body)}\r\n` : "";
    const head = `${method} /faults HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}${length}\r\n`;
    const [top = "", text = ""] = (await sendRaw(port, head + body)).split("\r\n\r\n");
    return { status: Number(top.split(" ")[1]), text, top };
  };
  const put = (body: string, headers = JSON_TYPE) => send("PUT", { headers, body });
  return { faults, send, put, changes: () => changes, port };
}

test("PUT /faults replaces all faults, and GET /faults returns them", async () => {
  const { faults, send, put, changes } = await start();
  expect((await put('{"errors":20.5,"delayMs":200,"jitterMs":50,"hang":true}')).status).toBe(200);
  expect(faults.state()).toEqual({ errors: 20.5, delayMs: 200, jitterMs: 50, hang: true });
  const { status, text } = await put('{"errors":5}', "Content-Type: Application/JSON; charset=utf-8\r\n");
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({ ...NONE, errors: 5 });
  expect(JSON.parse((await send("GET")).text)).toEqual({ ...NONE, errors: 5 });
  await put("{}");
  expect(faults.state()).toEqual(NONE);
  expect(changes()).toBe(3);
});

describe("an invalid body changes nothing, and gets 400 with the reason", () => {
  const all = "an object with errors, delayMs, jitterMs and hang";
  test.each([
    ['{"errors":100.1}', "Invalid errors 100.1: expected a number from 0 to 100, in percent."],
    ['{"errors":-1}', "Invalid errors -1: expected a number from 0 to 100, in percent."],
    ['{"errors":"5"}', 'Invalid errors "5": expected a number from 0 to 100, in percent.'],
    ['{"errors":null}', "Invalid errors null: expected a number from 0 to 100, in percent."],
    ['{"delayMs":1.5}', "Invalid delayMs 1.5: expected a whole number from 0 to 3600000."],
    ['{"delayMs":3600001}', "Invalid delayMs 3600001: expected a whole number from 0 to 3600000."],
    ['{"jitterMs":-1}', "Invalid jitterMs -1: expected a whole number from 0 to 3600000."],
    ['{"hang":1}', "Invalid hang 1: expected true or false."],
    ['{"error":5}', `Invalid error "error": expected ${all}.`],
    ['{"__proto__":{"errors":5}}', `Invalid __proto__ "__proto__": expected ${all}.`],
    ["[]", `Invalid faults []: expected ${all}.`],
    ["5", `Invalid faults 5: expected ${all}.`],
    ["{", 'Invalid faults "{": expected JSON.'],
  ])("%s", async (body, reason) => {
    const { faults, put, changes } = await start();
    expect(await put(body)).toMatchObject({ status: 400, text: `${reason}\n` });
    expect(faults.state()).toEqual(NONE);
    expect(changes()).toBe(0);
  });

  test("of more than 1024 bytes gets 413", async () => {
    const { put, changes } = await start();
    expect((await put(`{${" ".repeat(1024)}}`)).status).toBe(413);
    expect(changes()).toBe(0);
  });
});

describe("a request that only a web page sends is rejected", () => {
  test.each(["evil.example", "localhost.evil.example:9011", "127.0.0.1.evil.example", "localhost."])(
    "with another name in Host: %s",
    async (host) => {
      const { faults, send } = await start();
      const reason = `Invalid Host "${host}": expected localhost or an IP address.\n`;
      const put = await send("PUT", { host, headers: JSON_TYPE, body: '{"hang":true}' });
      expect(put).toMatchObject({ status: 403, text: reason });
      expect(await send("GET", { host })).toMatchObject({ status: 403, text: reason });
      expect(faults.state()).toEqual(NONE);
    },
  );

  test.each(["http://evil.example", "null", "http://127.0.0.1:9011"])(
    "with the Origin %s",
    async (origin) => {
      const { faults, put } = await start();
      const { status, text, top } = await put('{"hang":true}', `${JSON_TYPE}Origin: ${origin}\r\n`);
      expect({ status, text }).toEqual({
        status: 403,
        text: `Invalid Origin "${origin}": expected no web page.\n`,
      });
      expect(top).not.toMatch(/access-control/i);
      expect(faults.state()).toEqual(NONE);
    },
  );

  test.each([
    "",
    "text/plain",
    "text/plain; application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=application/json",
    "application/jsonp",
  ])("with the Content-Type %j", async (type) => {
    const { faults, put } = await start();
    expect(await put('{"hang":true}', type && `Content-Type: ${type}\r\n`)).toMatchObject({
      status: 415,
      text: `Invalid Content-Type "${type}": expected application/json.\n`,
    });
    expect(faults.state()).toEqual(NONE);
  });

  test("by a preflight, which gets no permission", async () => {
    const { send } = await start();
    const headers = "Origin: http://evil.example\r\nAccess-Control-Request-Method: PUT\r\n";
    const { status, top } = await send("OPTIONS", { headers });
    expect(status).toBe(404);
    expect(top).not.toMatch(/access-control/i);
  });
});

test.each(["localhost:9011", "127.0.0.1:9011", "10.0.0.7:9090", "[::1]:9011", "[fd00::1]"])(
  "a program reaches the faults by the Host %s",
  async (host) => {
    const { send } = await start();
    expect((await send("GET", { host })).status).toBe(200);
    expect((await send("PUT", { host, headers: JSON_TYPE, body: "{}" })).status).toBe(200);
  },
);

test("a body on any other path or method gets 400, and so does a PUT without one", async () => {
  const { send, port } = await start();
  expect((await send("GET", { body: "x" })).status).toBe(400);
  expect((await send("DELETE", { body: "x" })).status).toBe(400);
  expect((await send("PUT", { headers: JSON_TYPE })).status).toBe(400);
  const livez = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  expect(await sendRaw(port, `${livez}Content-Length: 1\r\n\r\nx`)).toContain("400 Bad Request");
  expect(await sendRaw(port, `${livez}\r\n`)).toContain("200 OK");
});

test("a body that does not arrive in time gets 408", async () => {
  const { port } = await start({ ...HTTP_LIMITS, headersTimeout: 200, connectionsCheckingInterval: 50 });
  const head = `PUT /faults HTTP/1.1\r\nHost: localhost\r\n${JSON_TYPE}Content-Length: 2\r\n\r\n`;
  expect(await sendRaw(port, `${head}{`)).toContain("408 Request Timeout");
});
