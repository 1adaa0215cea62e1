import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import { cli, inNamespace, start } from "./support/commands.ts";
import { HANG_MS } from "./support/limits.ts";
import { prepare } from "./support/state.ts";
import { url } from "./support/system.ts";

const Body = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string(), ec2IP: v.string() }));

beforeAll(() => prepare());

test("status shows images, releases, deployments and services", async () => {
  const { stdout } = await cli("status");
  for (const line of [
    /image +echo-backend:12\.0 +pushed +sha256:/,
    /release +echo-backend-green +deployed/,
    /deployment +echo-frontend-blue +3\/3 ready/,
    /service +echo-backend-blue +ClusterIP/,
  ])
    expect(stdout).toMatch(line);
});

test("watch prints each response with the running shares, and a summary after Ctrl-C", async () => {
  const watching = start(inNamespace(["watch", url("echo-backend-blue")]));
  // The summary repeats the words of the last line.
  const third = await watching.untilLine(/ 3 requests$/);
  watching.kill("SIGINT");
  const { exitCode } = await watching.result;
  expect(third).toBe('{"version":"11.0"}   11.0 100% | 200 100% | 3 requests');
  expect(watching.lines.at(-1)).toMatch(/^p50 \d+ ms, p99 \d+ ms, no change$/);
  expect(exitCode).toBe(0);
});

test("watch --json shows the version and the colour of the backend behind a frontend", async () => {
  const watching = start(inNamespace(["watch", "--json", url("echo-frontend-blue")]));
  const line = await watching.untilLine(/^\{/);
  watching.kill("SIGINT");
  expect((await watching.result).exitCode).toBe(0);
  expect(JSON.parse(line)).toMatchObject({ status: 200, backend: "11.0", color: "blue" });
});

test("open forwards a port to the frontend, which serves the live page to browsers and JSON to others", async () => {
  const opened = start(inNamespace(["open", "--port", "0"]));
  const [address = ""] = /http:\S+/.exec(await opened.untilLine(/http:\S+/)) ?? [];
  const get = (headers: Record<string, string> = {}) =>
    fetch(address, { headers, signal: AbortSignal.timeout(HANG_MS) });
  const page = await get({ accept: "text/html" });
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await page.text()).toContain("Which colour answers?");
  expect(v.parse(Body, await (await get()).text())).toMatchObject({ version: "2.0" });
  opened.kill("SIGINT");
  expect((await opened.result).exitCode).toBe(0);
});
