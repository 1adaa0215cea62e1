import { execa } from "execa";
import { expect, test } from "vitest";
import { planDev } from "../src/dev/plan.ts";
import { CONTROL_PORT, localUrl, STABLE_PORT } from "../src/domain/ports.ts";
import { ROOT } from "../src/lib/paths.ts";
import { cliWith } from "./support/system.ts";

const FRONTEND = localUrl(8080);

async function backendSaidBy(url: string): Promise<string> {
  const answer: { backend?: string; version: string } = JSON.parse(await (await fetch(url)).text());
  return answer.backend ?? answer.version;
}

test("pnpm dev runs all, shifts, and ends with one signal for each service", async () => {
  const dev = execa(process.execPath, [`${ROOT}scripts/src/main.ts`, "dev"], { reject: false });
  const lines: string[] = [];
  const finished = (async () => {
    for await (const line of dev) lines.push(line);
  })();
  await expect.poll(() => lines.join("\n"), { timeout: 60_000 }).toContain(`curl ${FRONTEND}`);
  for (const { port, version } of planDev().filter(({ service }) => service === "echo-backend"))
    expect(await backendSaidBy(localUrl(port))).toBe(version);
  expect(await backendSaidBy(FRONTEND)).toBe("11.0");

  const shifted = await cliWith(["shift", "--local", "green"]);
  expect(shifted.exitCode, shifted.stderr).toBe(0);
  expect(shifted.stdout).toContain("observed green 100.0 % of 1000 requests");
  expect(await backendSaidBy(FRONTEND)).toBe("12.0");
  expect(lines.join("\n")).toContain("Traffic: blue 100 %, green 0 % → blue 0 %, green 100 %");
  expect(lines.filter((line) => line.includes("GET /")).length).toBeLessThan(100);
  const quarter = await cliWith(["shift", "--local", "--green", "25"]);
  expect(quarter.exitCode, quarter.stderr).toBe(0);

  const second = await cliWith(["dev"]);
  expect(second.exitCode).toBe(1);
  for (const port of [STABLE_PORT, CONTROL_PORT, 8080, 9080, 8011, 9011, 8012, 9012])
    expect(second.stderr).toContain(`port ${port} (`);

  dev.kill("SIGINT");
  // pnpm passes a Ctrl-C on, so that it comes twice.
  dev.kill("SIGINT");
  expect((await dev).exitCode).toBe(0);
  await finished;
  for (const { name } of planDev()) {
    const own = lines.filter((line) => line.startsWith(name));
    expect(own.filter((line) => line.includes("draining"))).toHaveLength(1);
    expect(own.filter((line) => line.includes("stopped"))).toHaveLength(1);
  }
});

test("without a running dev, a local shift says so", async () => {
  const { exitCode, stderr } = await cliWith(["shift", "--local", "green"]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("is `pnpm dev` running on this machine?");
});
