import { BUNDLES, GET, get, RawConnection, sendRaw, ServiceProcess } from "@echo/kit/testing";
import { expect, test } from "vitest";

/** Sets the faults of a service. Returns the whole response. */
function setFaults(adminPort: number, faults: object): Promise<string> {
  const body = JSON.stringify(faults);
  const head = `PUT /faults HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  return sendRaw(adminPort, `${head}Content-Length: ${body.length}\r\n\r\n${body}`);
}

test("no fault can be set by default", async () => {
  const { port, adminPort } = await new ServiceProcess(BUNDLES.green).ports();
  expect(
    await sendRaw(adminPort, "GET /faults HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"),
  ).toContain("404 Not Found");
  expect(await setFaults(adminPort, { errors: 100 })).toContain("400 Bad Request");
  expect(await get(port)).toContain("200 OK");
});

test("with FAULTS=on the faults can be set and cleared, and the log shows each change", async () => {
  const service = new ServiceProcess(BUNDLES.green, { FAULTS: "on", COLOR: "green" });
  const { port, adminPort } = await service.ports();
  expect(await get(port)).toContain("200 OK");
  expect(await setFaults(adminPort, { errors: 100 })).toContain("200 OK");
  expect(await get(port)).toMatch(
    /500 Internal Server Error[\s\S]*x-echo-color: green[\s\S]*Simulated Error/,
  );
  expect(await service.logged(/simulated faults changed/)).toMatchObject({
    level: "warn",
    faults: { errors: 100, delayMs: 0, jitterMs: 0, hang: false },
  });
  expect(await setFaults(adminPort, {})).toContain("200 OK");
  expect(await get(port)).toContain("200 OK");
});

test("a service that hangs stays live and ready, and ends after SIGTERM", async () => {
  const service = new ServiceProcess(BUNDLES.green, { FAULTS: "on", SHUTDOWN_TIMEOUT_MS: "200" });
  const { port, adminPort } = await service.ports();
  await setFaults(adminPort, { hang: true });
  const connection = await RawConnection.open(port);
  connection.write(GET);
  await expect.poll(() => get(adminPort, "/metrics")).toMatch(/^http_requests_in_flight\{.*\} 1$/m);
  for (const path of ["/livez", "/readyz"]) expect(await get(adminPort, path)).toContain("200 OK");
  service.child.kill("SIGTERM");
  await connection.closed;
  expect(connection.received).toBe("");
  expect(await service.exited).toBe(0);
});
