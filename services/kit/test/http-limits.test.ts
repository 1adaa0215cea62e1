import * as v from "valibot";
import { describe, expect, onTestFinished, test } from "vitest";
import { buildAdminApp } from "../src/admin-app.ts";
import { commonSettings, parseConfig } from "../src/config.ts";
import { buildEchoApp } from "../src/echo-app.ts";
import { listen, testContext } from "./support/app.ts";
import { RawConnection, sendRaw } from "./support/raw.ts";

const echoApp = () =>
  buildEchoApp(parseConfig(v.object(commonSettings), {}), testContext().context, () =>
    Promise.resolve("echo\n"),
  );
const apps = [
  ["echo", echoApp],
  ["admin", () => buildAdminApp(testContext().context)],
] as const;

/** Writes one byte of a header each 100 ms, for 14 s: a byte that meets the close would reset the answer away. */
function drip(connection: RawConnection): void {
  const end = performance.now() + 14_000;
  // By the clock: an interval that comes late each time, as on a busy machine, would reach the close after 140 of them.
  const timer = setInterval(() => {
    if (performance.now() > end) clearInterval(timer);
    else connection.write("a");
  }, 100);
  onTestFinished(() => clearInterval(timer));
}

describe.concurrent("slow clients", () => {
  test.each(apps)("headers that are not whole after 15 s get 408 on the %s port", async (_name, build) => {
    const port = await listen(build());
    const opened = performance.now();
    const silent = await RawConnection.open(port);
    silent.write("GET / HTTP/1.1\r\nHost: x\r\n");
    const dripping = await RawConnection.open(port);
    dripping.write("GET / HTTP/1.1\r\n");
    drip(dripping);
    for (const connection of [silent, dripping]) {
      await connection.closed;
      expect(connection.received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    }
    const took = performance.now() - opened;
    expect(took).toBeGreaterThan(14_900);
    // Looked at every 30 s, as Node does by default, it were 30 s at the earliest.
    expect(took).toBeLessThan(29_000);
  });

  test("a body may take longer than that", async () => {
    const port = await listen(echoApp());
    const connection = await RawConnection.open(port);
    connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nx");
    const other = await RawConnection.open(port);
    other.write("GET / HTTP/1.1\r\n");
    // Until the limit on headers has taken effect, on a connection that is as old.
    await other.closed;
    expect(other.received).toContain("408");
    connection.write("x");
    await connection.closed;
    expect(connection.received).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

describe.each(apps)("on the %s port, more than 16 KiB are answered 431", (_name, build) => {
  test.each([
    ["in one header", `GET /livez HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(17_000)}\r\n\r\n`],
    ["in many", `GET /livez HTTP/1.1\r\nHost: x\r\n${`a: ${"b".repeat(200)}\r\n`.repeat(90)}\r\n`],
    ["in the path", `GET /${"a".repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])("%s", async (_what, text) => {
    expect(await sendRaw(await listen(build()), text)).toMatch(/^HTTP\/1\.1 431 /);
  });
});
