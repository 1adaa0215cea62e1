import { once } from "node:events";
import { createServer } from "node:net";
import { BUNDLES, sendRaw, ServiceProcess, TraceReceiver } from "@echo/kit/testing";
import { describe, expect, onTestFinished, test } from "vitest";

function ask(port: number, method = "GET"): Promise<string> {
  return sendRaw(port, `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
}

/** Asks so often that spans are sent meanwhile. Returns the status lines that came, each once. */
async function serve(port: number): Promise<Set<string | undefined>> {
  const lines = new Set<string | undefined>();
  for (let i = 0; i < 200; i++) lines.add((await ask(port)).split("\r\n")[0]);
  return lines;
}

/** A backend that sends its spans to a receiver. */
async function traced(env: Record<string, string> = {}) {
  const receiver = await TraceReceiver.start();
  const service = new ServiceProcess(BUNDLES.blue, { ...receiver.env, ...env });
  return { receiver, service, ...(await service.ports()) };
}

describe("without a receiver, or told not to, requests are not traced", () => {
  test.each<[string, Record<string, string>]>([
    ["no endpoint", { OTEL_EXPORTER_OTLP_ENDPOINT: " " }],
    ["OTEL_SDK_DISABLED", { OTEL_SDK_DISABLED: "true" }],
    ["OTEL_TRACES_EXPORTER", { OTEL_TRACES_EXPORTER: "none" }],
  ])("%s", async (_why, env) => {
    const { receiver, service, port } = await traced(env);
    await ask(port);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain('"status":200');
    expect(service.stdout).not.toContain("trace_id");
    expect(receiver.received).toEqual([]);
  });
});

test("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT alone is enough, and is taken as it is", async () => {
  const receiver = await TraceReceiver.start();
  const { OTEL_EXPORTER_OTLP_ENDPOINT, ...rest } = receiver.env;
  const service = new ServiceProcess(BUNDLES.blue, {
    ...rest,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${OTEL_EXPORTER_OTLP_ENDPOINT}/v1/traces`,
  });
  await ask((await service.ports()).port);
  expect(await receiver.spans(1)).toHaveLength(1);
});

test("the standard's variables say who sends", async () => {
  const { receiver, port } = await traced({
    OTEL_SERVICE_NAME: "mine",
    OTEL_RESOURCE_ATTRIBUTES: "service.version=9,k8s.pod.name=p%2C1",
  });
  await ask(port);
  const [span] = await receiver.spans(1);
  expect(span?.resource).toMatchObject({
    "service.name": "mine",
    "service.version": "9",
    "k8s.pod.name": "p,1",
    "telemetry.sdk.name": "opentelemetry",
  });
  expect(span?.resource).not.toHaveProperty(["echo.color"]);
});

test("a method that is none of the known ones does not make a span name", async () => {
  const { receiver, port } = await traced();
  await ask(port, "PURGE");
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
  ])("%s %s sends nothing, and the log names the trace", async (name, ratio) => {
    const { receiver, service, port } = await traced({
      OTEL_TRACES_SAMPLER: name,
      OTEL_TRACES_SAMPLER_ARG: ratio,
    });
    await ask(port);
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toMatch(/"trace_id":"[0-9a-f]{32}"/);
    expect(receiver.received).toEqual([]);
  });

  test("by ratio, some are sent", async () => {
    const { receiver, service, port } = await traced({
      OTEL_TRACES_SAMPLER: "traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0.5",
    });
    for (let i = 0; i < 100; i++) await ask(port);
    service.child.kill("SIGTERM");
    await service.exited;
    // Less likely than 1 in 10^9 to be outside of this by chance.
    expect(receiver.received.length).toBeGreaterThan(20);
    expect(receiver.received.length).toBeLessThan(80);
  });

  test.each([
    [{ OTEL_TRACES_SAMPLER: "most" }, /OTEL_TRACES_SAMPLER is \\"most\\"/],
    [
      { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" },
      /OTEL_TRACES_SAMPLER_ARG is 2, allowed/,
    ],
    [{ OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "0" }, /OTEL_BSP_MAX_EXPORT_BATCH_SIZE is 0, allowed/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /OTEL_EXPORTER_OTLP_PROTOCOL is \\"grpc\\"/],
  ])("a value that is not known is warned of, and the default taken: %j", async (env, warning) => {
    const { receiver, service, port } = await traced(env);
    expect(await service.logged(warning)).toMatchObject({ level: "warn", service: "echo-backend" });
    await ask(port);
    expect(await receiver.spans(1)).toHaveLength(1);
  });
});

test("the end sends the spans that wait", async () => {
  const { receiver, service, port } = await traced({ OTEL_BSP_SCHEDULE_DELAY: "3600000" });
  for (let i = 0; i < 3; i++) await ask(port);
  expect(receiver.received).toEqual([]);
  service.child.kill("SIGTERM");
  expect(await service.exited).toBe(0);
  expect(await receiver.spans(3)).toHaveLength(3);
});

describe("a receiver that is not well disturbs nothing", () => {
  test("nobody listens", async () => {
    const { service, port } = await traced({
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1",
      OTEL_EXPORTER_OTLP_TIMEOUT: "100",
    });
    expect(await serve(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/spans could not be sent/)).toMatchObject({
      level: "warn",
      error: expect.stringContaining("ECONNREFUSED"),
    });
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stderr).toBe("");
  });

  test("the endpoint is no URL", async () => {
    const { service, port } = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector" });
    expect(await serve(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/collector/)).toMatchObject({ level: "warn" });
  });

  test("it refuses", async () => {
    const { service, port } = await traced({
      // The admin port of the service itself answers 404.
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(await traced()).adminPort}`,
    });
    expect(await serve(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    expect(await service.logged(/spans could not be sent/)).toMatchObject({ error: "Not Found" });
  });

  test("it never answers: the end waits for it a while, and no longer", async () => {
    const hung = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
    onTestFinished(() => void hung.close());
    await once(hung, "listening");
    const address = hung.address();
    const { service, port } = await traced({
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
      OTEL_EXPORTER_OTLP_TIMEOUT: "3600000",
      OTEL_BSP_EXPORT_TIMEOUT: "3600000",
    });
    expect(await serve(port)).toEqual(new Set(["HTTP/1.1 200 OK"]));
    service.child.kill("SIGTERM");
    expect(await service.exited).toBe(0);
    expect(service.stdout).toContain("the last spans were not taken in time");
  });
});
