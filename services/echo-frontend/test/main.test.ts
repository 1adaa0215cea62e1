import { BUNDLES, get, GET, RawConnection, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { httpUpstream, rawUpstream, VERSION_11 } from "./support/upstream.ts";

test("an upstream timeout gets 504 with the same JSON, and the frontend stays ready", async () => {
  const service = new ServiceProcess(BUNDLES.frontend, {
    BACKEND: await rawUpstream(() => undefined),
    BACKEND_TIMEOUT_MS: "100",
  });
  const { port, adminPort } = await service.ports();
  expect(await get(port)).toMatch(
    /^HTTP\/1\.1 504 [\s\S]*"backend":"error"[\s\S]*,"error":"the backend did not respond within 100 ms"\}\n$/,
  );
  expect(await get(adminPort, "/readyz")).toContain("200 OK");
});

test("the shutdown finishes requests in flight before it closes upstream connections", async () => {
  const received = Promise.withResolvers<() => void>();
  const backend = await httpUpstream((_request, response) =>
    received.resolve(() => response.end(VERSION_11)),
  );
  const service = new ServiceProcess(BUNDLES.frontend, { BACKEND: backend });
  const { port } = await service.ports();
  const response = get(port);
  const respond = await received.promise;
  service.child.kill("SIGTERM");
  await service.logged(/"draining"/);
  respond();
  expect(await response).toMatch(/200 OK[\s\S]*"backend":"11\.0"/);
  expect(await service.exited).toBe(0);
});

test("probes succeed while WORK_ITERATIONS uses the CPU", async () => {
  const service = new ServiceProcess(BUNDLES.frontend, { WORK_ITERATIONS: "1000000000" });
  const { port, adminPort } = await service.ports();
  const connection = await RawConnection.open(port);
  connection.write(GET.repeat(10));
  for (let i = 0; i < 5; i++) expect(await get(adminPort, "/livez")).toContain("200 OK");
  expect(connection.received).toBe("");
});
