import { beforeEach, expect, test } from "vitest";
import { createControl } from "../../src/dev/control.ts";
import { allOn, type Weights } from "../../src/domain/weights.ts";

const GREEN = '{"blue":0,"green":100}';
let weights: Weights;
let control: ReturnType<typeof createControl>;

beforeEach(() => {
  weights = allOn("blue");
  control = createControl(
    () => weights,
    (next) => (weights = next),
  );
});

const put = (payload: string, headers: Record<string, string> = {}) =>
  control.inject({ method: "PUT", url: "/", payload, headers: { host: "localhost:8001", ...headers } });

test.each(["localhost:8001", "127.0.0.1:8001", "LOCALHOST"])("sets the weights for Host %s", async (host) => {
  expect((await put(GREEN, { host })).json()).toEqual(allOn("green"));
  expect((await control.inject({ url: "/", headers: { host } })).json()).toEqual(allOn("green"));
});

test.each(["application/json", "text/plain", "application/x-www-form-urlencoded"])(
  "reads a body of type %s",
  async (type) => {
    expect((await put(GREEN, { "content-type": type })).statusCode).toBe(200);
  },
);

test.each(["rebound.example:8001", "localhost.rebound.example", "192.0.2.1:8001", "localhost@x", "["])(
  "rejects the Host %j, which DNS rebinding sends",
  async (host) => {
    const response = await put(GREEN, { host });
    expect(response.statusCode).toBe(403);
    expect(response.body).toBe(`Invalid Host ${JSON.stringify(host)}: expected localhost or 127.0.0.1.\n`);
    expect((await control.inject({ url: "/", headers: { host } })).statusCode).toBe(403);
    expect(weights).toEqual(allOn("blue"));
  },
);

test.each(["http://page.example", "null", "http://localhost:3000", "https://localhost:8001"])(
  "rejects the Origin %s of a web page",
  async (origin) => {
    const response = await put(GREEN, { origin });
    expect(response.statusCode).toBe(403);
    expect(response.body).toContain(`Invalid Origin "${origin}"`);
    expect(weights).toEqual(allOn("blue"));
  },
);

test("rejects a long body", async () => {
  expect((await put(GREEN.padEnd(2000))).statusCode).toBe(413);
  expect(weights).toEqual(allOn("blue"));
});

test.each(["", "green", "{}", '{"blue":60,"green":50}', '{"blue":-1,"green":101}'])(
  "rejects the weights %j",
  async (body) => {
    expect((await put(body)).statusCode).toBe(400);
    expect(weights).toEqual(allOn("blue"));
  },
);

const readLease = () => control.inject({ url: "/lease", headers: { host: "localhost" } });

test("a write of the lease needs the version of the write before it", async () => {
  const lease = { holder: "me", renewTime: "", durationSeconds: 45, annotations: { long: "x".repeat(5000) } };
  const write = async (version?: string) => {
    const headers = { host: "localhost", ...(version !== undefined && { "if-match": version }) };
    const response = await control.inject({
      method: "PUT",
      url: "/lease",
      payload: JSON.stringify(lease),
      headers,
    });
    return [response.statusCode, response.json()];
  };
  expect((await readLease()).statusCode).toBe(404);
  expect(await write()).toEqual([200, { version: "1" }]);
  expect(await write("1")).toEqual([200, { version: "2" }]);
  expect((await readLease()).json()).toEqual({ ...lease, version: "2" });
  for (const stale of [undefined, "1"]) {
    const headers = { host: "localhost", ...(stale !== undefined && { "if-match": stale }) };
    const payload = JSON.stringify(lease);
    expect((await control.inject({ method: "PUT", url: "/lease", payload, headers })).statusCode).toBe(409);
  }
});

test("rejects an invalid lease", async () => {
  const request = { method: "PUT", url: "/lease", payload: "{}", headers: { host: "localhost" } } as const;
  expect((await control.inject(request)).statusCode).toBe(400);
});
