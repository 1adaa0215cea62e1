import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, test } from "vitest";
import { freePort } from "../../../services/kit/test/support/address.ts";
import type { DevProcess } from "../../src/dev/plan.ts";
import { startServices } from "../../src/dev/services.ts";
import { InterruptedError } from "../../src/lib/errors.ts";
import { isPortFree } from "../../src/lib/port.ts";

let lines: string[];
const onLine = (name: string, line: string) => void lines.push(`${name} ${line}`);
let states: Record<string, string | undefined>;
const onState = (name: string, state: string | undefined) => void (states[name] = state);
const options = { env: process.env, signal: new AbortController().signal, onLine, onState };

beforeEach(() => {
  lines = [];
  states = {};
});

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** test/fixtures/service.mjs as a service that behaves as STATE says. */
async function service(
  name: "blue" | "green",
  state: "ready" | "unready" | "crash" | "killed",
): Promise<DevProcess> {
  const adminPort = await freePort();
  return {
    ...{ name, service: "echo-backend", color: name, version: "1.0", port: 0, adminPort },
    bundle: fixture("service.mjs"),
    env: { STATE: state, ADMIN_PORT: String(adminPort) },
  };
}

test("starts services that become ready, and stops them", async () => {
  const plan = [await service("blue", "ready"), await service("green", "ready")];
  const { stop } = await startServices(plan, options);
  expect(await Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)))).toEqual([false, false]);
  expect(states).toEqual({ blue: undefined, green: undefined });
  await stop();
  expect(await Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)))).toEqual([true, true]);
});

test("a service that ends at its start is reported with its last line, and the others stop", async () => {
  const plan = [await service("blue", "ready"), await service("green", "crash")];
  await expect(startServices(plan, options)).rejects.toThrow(
    "green ended with exit code 7. Its last line:\nI cannot start",
  );
  expect(await Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)))).toEqual([true, true]);
});

test("a service that a signal ends at its start is reported with the signal", async () => {
  const plan = [await service("green", "killed")];
  await expect(startServices(plan, options)).rejects.toThrow("green was killed by SIGKILL. Its last line:");
});

test("a service that is killed later is reported with the signal", async () => {
  const { stop } = await startServices([await service("green", "ready")], options);
  await expect.poll(() => lines[0]).toMatch(/process \d+/);
  process.kill(Number(/\d+/.exec(lines[0] ?? "")?.[0]), "SIGKILL");
  await expect
    .poll(() => lines.at(-1))
    .toBe("green was killed by SIGKILL; the key r or the next change of a source file restarts it");
  expect(states).toEqual({ green: "was killed by SIGKILL" });
  await stop();
});

/** The process id that a service printed last. */
const lastPid = () => Number(/\d+/.exec(lines.findLast((line) => /process \d+/.test(line)) ?? "")?.[0]);

test("restarts a service that has ended, and no other", async () => {
  const plan = [await service("blue", "ready"), await service("green", "ready")];
  const { restartEnded, stop } = await startServices(plan, options);
  expect(await restartEnded()).toEqual([]);
  await expect.poll(() => lines.length).toBe(2);
  process.kill(lastPid(), "SIGKILL");
  await expect.poll(() => lines.at(-1)).toContain("was killed by SIGKILL");
  const [name = ""] = lines.at(-1)?.split(" ") ?? [];
  expect(await restartEnded()).toEqual([name]);
  expect(await Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)))).toEqual([false, false]);
  await stop();
  expect(await restartEnded()).toEqual([]);
  expect(await Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)))).toEqual([true, true]);
});

test("a service that does not become ready in time is reported, and stopped", async () => {
  const plan = [await service("green", "unready")];
  await expect(startServices(plan, { ...options, timeoutMs: 10 })).rejects.toThrow(
    /^green is not ready after 0\.01 s\. Its last line:\n./,
  );
  expect(await isPortFree(plan[0]?.adminPort ?? 0)).toBe(true);
});

test("the services stop when their parent is killed", async () => {
  const plan = [await service("blue", "ready"), await service("green", "ready")];
  const parent = spawn(process.execPath, [fixture("dev-parent.ts"), JSON.stringify(plan)]);
  let output = "";
  for (const stream of [parent.stdout, parent.stderr]) stream.on("data", (text) => (output += String(text)));
  await expect.poll(() => output, { timeout: 30_000 }).toContain("all are ready");
  const isFree = () => Promise.all(plan.map(({ adminPort }) => isPortFree(adminPort)));
  expect(await isFree()).toEqual([false, false]);
  parent.kill("SIGKILL");
  await expect.poll(isFree, { timeout: 30_000 }).toEqual([true, true]);
});

test("an interruption during the start stops the services", async () => {
  const plan = [await service("blue", "unready")];
  const interrupted = new AbortController();
  const starting = startServices(plan, { ...options, signal: interrupted.signal });
  interrupted.abort(new InterruptedError("Interrupted."));
  await expect(starting).rejects.toThrow(InterruptedError);
});
