import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../services/kit/test/support/address.ts";
import type { DevProcess } from "../../src/dev/plan.ts";
import { System } from "../../src/dev/system.ts";

const bundle = fileURLToPath(new URL("../fixtures/service.mjs", import.meta.url));

const ignore = () => undefined;

/** test/fixtures/service.mjs as blue, with this version. */
async function blue(version: string): Promise<DevProcess> {
  const adminPort = await freePort();
  return {
    ...{ name: "blue", service: "echo-backend", color: "blue", version, port: 0, adminPort, bundle },
    env: { STATE: "ready", ADMIN_PORT: String(adminPort), VERSION: version },
  };
}

test("a restart has the versions that services/versions.json has by then", async () => {
  let plan = [await blue("11.0")];
  const { signal } = new AbortController();
  const options = { env: process.env, signal, onLine: ignore, print: ignore, onChange: ignore };
  const system = new System(() => plan, options);
  onTestFinished(() => system.stop());
  await system.start();
  expect(system.plan).toEqual(plan);
  const next = [await blue("13.0")];
  plan = next;
  expect(system.plan.map(({ version }) => version)).toEqual(["11.0"]);
  await system.stop();
  await system.start();
  expect(system.plan).toBe(next);
  expect((await fetch(`http://127.0.0.1:${next[0]?.adminPort}/readyz`)).status).toBe(200);
});
