import { createServer } from "node:net";
import { BUNDLES, get, listenOn, sendRaw, ServiceProcess, TraceReceiver } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";

/** Sends so many requests that the service exports spans meanwhile. Returns the distinct status lines. */
async function statusLines(port: number): Promise<Set<string | undefined>> {
  const lines = new Set<string | undefined>();
  for (let i = 0; i < 200; i++) lines.add((await get(port)).split("\r\n")[0]);
  return lines;
}

/** A backend that exports its spans to a receiver. */
async function traced(env: Record<string, string> = {}) {
  const receiver = await TraceReceiver.start();
  const service = new ServiceProcess(BUNDLES.blue, { ...receiver.env, ...env });
  return { receiver, service, ...(await service.ports()) };
}

describe("requests are not traced without a receiver, or if tracing is disabled", () => {
  test.each<[string, Record<string, string>]>([
    ["no endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: " " }],
    ["OTEL_SDK_DISABLED", { OTEL_SDK_DISABLED: "true" }],
    ["OTEL_TRACES_EXPORTER", { OTEL_TRACES_EXPORTER: "none" }],
  ])("%s", async (_why, env) => {
    const { receiver, service, port } = await traced(env);
    await get(port);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain('"status":200');
    expect(service.stdout).not.toContain("trace_id");
    expect(receiver.received).toEqual([]);
  });
});

test("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is sufficient, and is used without a change", async () => {
  const receiver = await TraceReceiver.start();
  const { OTEL_EXPORTER_OTLP_ENDPOINT, ...rest } = receiver.env;
  const service = new ServiceProcess(BUNDLES.blue, {
    ...rest,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
  });
  await get((await service.ports()).port);
  expect(await receiver.spans(1)).toHaveLength(1);
});

test("OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES override the resource", async () => {
  const { receiver, port } = await traced({
    OTEL_SERVICE_NAME: "mine",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=9,k8s.pod.name=p%2C1",
  });
  await get(port);
  const [span] = await receiver.spans(1);
  expect(span?.resource).toMatchObject({
    "service.name": "mine",
    "service.version": "9",
    "k8s.pod.name": "p,1",
    "telemetry.sdk.name": "opentelemetry",
  });
  expect(span?.resource).not.toHaveProperty(["echo.color"]);
});

test("an unknown method does not become a span name", async () => {
  const { receiver, port } = await traced();
  await sendRaw(port, "PURGE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const [span] = await receiver.spans(1);
  expect(span).toMatchObject({
    name: "HTTP",
    attributes: { "http.request.method": "_OTHER", "http.request.method_original": "PURGE" },
  });
});

describe("OTEL_TRACES_SAMPLER", () => {
  test.each([
    ["always_off", ""],
    ["parentbased_always_off", ""],
    ["traceidratio", "0"],
    ["parentbased_traceidratio", "0"],
  ])("%s %s exports nothing, and the log has the trace id", async (name, ratio) => {
    const { receiver, service, port } = await traced({
      OTEL_TRACES_SAMPLER: name,
      OTEL_TRACES_SAMPLER_ARG: ratio,
    });
    await get(port);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toMatch(/"trace_id":"[0-9a-f]{32}"/);
    expect(receiver.received).toEqual([]);
  });

  test("traceidratio exports a share", async () => {
    const { receiver, service, port } = await traced({
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
    });
    for (let i = 0; i < 100; i++) await get(port);
    service.child.kill("SIGTERM");
    await service.exited;
    // The probability of another number is less than 1 in 10^9.
    expect(receiver.received.length).toBeGreaterThan(20);
    expect(receiver.received.length).toBeLessThan(80);
  });

  test.each([
    [{ OTEL_TRACES_SAMPLER: "most" }, /Invalid OTEL_TRACES_SAMPLER \\"most\\"/],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
      /Invalid OTEL_TRACES_SAMPLER_ARG 2: expected/,
    ],
    [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "0" }, /Invalid OTEL_BSP_MAX_EXPORT_BATCH_SIZE 0: expected/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /Invalid OTEL_EXPORTER_OTLP_PROTOCOL \\"grpc\\"/],
  ])("an invalid value causes a warning, and the default is used: %j", async (env, warning) => {
    const { receiver, service, port } = await traced(env);
    expect(await service.logged(warning)).toMatchObject({ level: "warn", service: "echo-backend" });
    await get(port);
    expect(await receiver.spans(1)).toHaveLength(1);
  });
});

test("the shutdown exports the remaining spans", async () => {
  const { receiver, service, port } = await traced({ OTEL_BSP_SCHEDULE_DELAY: "3600000" });
  for (let i = 0; i < 3; i++) await get(port);
  expect(receiver.received).toEqual([]);
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(await receiver.spans(3)).toHaveLength(3);
});

describe("requests succeed if the receiver fails", () => {
  test("because nothing listens", async () => {
    const { service, port } = await traced({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    });
    expect(await statusLines(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/spans could not be sent/)).toMatchObject({
      level: "warn",
      error: expect.stringContaining("ECONNREFUSED"),
    });
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stderr).toBe("");
  });

  test("because the endpoint is not a URL", async () => {
    const { service, port } = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector" });
    expect(await statusLines(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/collector/)).toMatchObject({ level: "warn" });
  });

  test("because it responds with an error", async () => {
    const { service, port } = await traced({
      // The admin port of another service takes no body.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(await traced()).adminPort}`,
    });
    expect(await statusLines(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/spans could not be sent/)).toMatchObject({ error: "Bad Request" });
  });

  test("because it never responds, which delays the shutdown for a limited time", async () => {
    const hung = await listenOn(createServer((socket) => socket.resume()));
    const { service, port } = await traced({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${hung}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: "3600000",
      OTEL_BSP_EXPORT_TIMEOUT: "3600000",
    });
    expect(await statusLines(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain("the receiver did not accept the last spans in time");
  });
});

test("a receiver with user and password is refused, and the log does not repeat them", async () => {
  const service = new ServiceProcess(BUNDLES.blue, {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://user:secret@127.0.0.1:1",
  });
  await service.ports();
  expect(service.stdout).toMatch(
    /Invalid OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL without user and password/,
  );
  expect(service.stdout + service.stderr).not.toContain("secret");
});
