import { parseConfig } from "@echo/kit";
import { GET, get, listen, RawConnection, testContext } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import { buildApp } from "../src/app.ts";
import { backendSchema } from "../src/config.ts";
import { createFaults } from "../src/faults.ts";

const MIN = 0;
const MAX = 1 - Number.EPSILON;
const NONE = { errors: 0, delayMs: 0, jitterMs: 0, hang: false };

/** Faults for one value of `random`. */
function draw(env: Record<string, string>, random: number) {
  return createFaults(parseConfig(backendSchema, env), () => random);
}

/** A backend on a port, whose faults can change. */
async function changeable() {
  const config = parseConfig(backendSchema, { FAULTS: "on" });
  const { context, lines } = testContext("11.0");
  const faults = createFaults(config, () => 0.5);
  const port = await listen(buildApp(config, context, faults));
  /** Waits until so many requests are being handled. */
  const inFlight = (count: number) =>
    expect
      .poll(() => context.metrics.registry.metrics())
      .toMatch(new RegExp(`^http_requests_in_flight\\{.*\\} ${count}$`, "m"));
  return { faults, lines, port, inFlight };
}

test("a rate of 0 fails no request and a rate of 100 all, for any random number", () => {
  for (const random of [MIN, MAX]) {
    expect(draw({ FAILURE_RATE: "0" }, random).shouldFail()).toBe(false);
    expect(draw({ FAILURE_RATE: "100" }, random).shouldFail()).toBe(true);
  }
});

test("begin as the settings say", () => {
  expect(draw({}, MAX).state()).toEqual(NONE);
  expect(draw({ FAILURE_RATE: "5", DELAY_MS: "20", DELAY_JITTER_MS: "40" }, MAX).state()).toEqual({
    errors: 5,
    delayMs: 20,
    jitterMs: 40,
    hang: false,
  });
});

describe("a change of the faults", () => {
  test("applies to the next request, and replaces all that was before", async () => {
    const { faults, port } = await changeable();
    expect(await get(port)).toContain("200 OK");
    faults.replace({ ...NONE, errors: 100 });
    expect(await get(port)).toContain("Simulated Error");
    faults.replace({ ...NONE, delayMs: 20, jitterMs: 40 });
    const start = performance.now();
    expect(await get(port)).toContain("200 OK");
    // A timer may fire up to a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
  });

  test.each([
    ["hang", { ...NONE, hang: true }],
    ["are delayed", { ...NONE, delayMs: 3_600_000 }],
  ])("ends the wait of requests that %s", async (_what, fault) => {
    const { faults, port, inFlight } = await changeable();
    faults.replace(fault);
    const connections = await RawConnection.openMany(port, 2);
    for (const connection of connections) connection.write(GET);
    await inFlight(2);
    expect(connections.map(({ received }) => received)).toEqual(["", ""]);
    faults.replace(NONE);
    for (const connection of connections) expect(await connection.until(/11\.0/)).toContain("200 OK");
    await inFlight(0);
  });
});

describe("a request that hangs frees its place", () => {
  test.each([
    ["later", 1],
    ["together with the request", 0],
  ])("when its client closes the connection %s", async (_when, before) => {
    const { faults, lines, port, inFlight } = await changeable();
    faults.replace({ ...NONE, hang: true });
    const connection = await RawConnection.open(port);
    connection.write(GET);
    if (before > 0) await inFlight(before);
    connection.socket.end();
    await connection.closed;
    expect(connection.received).toBe("");
    await inFlight(0);
    expect(lines.join("")).toContain('"status":499');
  });
});
