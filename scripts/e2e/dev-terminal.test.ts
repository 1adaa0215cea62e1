import { expect, onTestFinished, test } from "vitest";
import { setTimeout } from "node:timers/promises";
import { localUrl, PORTS } from "../src/domain/ports.ts";
import { cliWith } from "./support/commands.ts";
import { HANG_MS } from "./support/limits.ts";
import { portsInUse, serviceAt } from "./support/local-system.ts";
import { CommandInTerminal } from "./support/terminal.ts";

const FRONTEND = localUrl(PORTS.frontend.port);

/** Sends 50 requests per second to the frontend, until the end of the test. */
function sendRequests(): void {
  const end = new AbortController();
  onTestFinished(() => end.abort());
  void (async () => {
    while (!end.signal.aborted) {
      void fetch(FRONTEND).then(
        (response) => response.text(),
        () => undefined,
      );
      await setTimeout(20);
    }
  })();
}

/** The rows that the footer always has. */
const FOOTER = [
  /^last 10 s {2,}weight {2,}share {2,}requests {2,}errors$/,
  /^blue 11\.0 +\d+ % /,
  /^green 12\.0 +\d+ % /,
  /^b blue · g green · 0-9 tenths · e errors · d delay · l log · \? h keys · q quit$/,
];

test("pnpm dev keeps its footer, takes only keys for keys, and ends with its terminal", async () => {
  const terminal = new CommandInTerminal(["dev"], { env: { NO_COLOR: "1" } });
  await terminal.untilScreen(/q quit/);
  const first = terminal.frames.length - 1;
  sendRequests();
  terminal.type("l");
  await terminal.untilScreen(/GET \/ 200 [^]*GET \/ 200/);

  // A command that is typed or pasted here moves nothing, and a key moves the traffic.
  const COMMAND = "pnpm shift --local --green 25";
  terminal.paste(`${COMMAND}\n`);
  await terminal.untilScreen(/Pasted text has no effect here/);
  terminal.type(COMMAND);
  await terminal.untilScreen(/Unknown key "p"/);
  terminal.type("\r5");
  await terminal.untilScreen(/^green 12\.0 +50 % /m);
  expect(terminal.all().match(/Traffic: /g)).toHaveLength(1);

  process.kill(serviceAt(PORTS.green.port), "SIGKILL");
  await terminal.untilScreen(/^green 12\.0 +50 % +was killed by SIGKILL/m);
  terminal.type("l");
  await terminal.untilScreen(/Only failed requests/);
  // Half of the requests fail now, and each has a warning.
  await terminal.untilScreen(/WARN: GET \/ 502/);
  terminal.type("?");
  await expect.poll(() => terminal.all(), { timeout: HANG_MS }).toContain("  Ctrl-C  quit");

  for (const frame of terminal.frames.slice(first))
    for (const row of FOOTER) expect(frame).toContainEqual(expect.stringMatching(row));
  expect(terminal.frames.length - first).toBeGreaterThan(100);
  // oxlint-disable-next-line no-control-regex -- this is how a colour begins, and NO_COLOR is set
  expect(terminal.output.match(/\u001B\[[\d;]*m/g)).toBeNull();

  await terminal.resize(100, 30);
  await terminal.untilScreen(/^last 10 s {2,}weight {40,}share /m);
  expect(terminal.screen().match(/^last 10 s/gm)).toHaveLength(1);
  terminal.close();
  await expect.poll(portsInUse, { timeout: HANG_MS }).toEqual([]);
});

test("the key e lets green fail, so a canary names green, and the key r restarts a dead green", async () => {
  const terminal = new CommandInTerminal(["dev"], { env: { NO_COLOR: "1" } });
  await terminal.untilScreen(/q quit/);
  terminal.type("e");
  await terminal.untilScreen(/Faults of green: 20 % errors/);
  await terminal.untilScreen(/^green 12\.0 .*\n {2}faults: 20 % errors$/m);
  const canary = await cliWith(["shift", "--local", "green", "--steps", "25,100", "--interval", "1s"]);
  expect(canary.exitCode).toBe(1);
  expect(canary.stderr).toMatch(/green is not good enough: /);
  await terminal.untilScreen(/^green 12\.0 +0 % /m);

  const delayed = await cliWith(["fault", "--local", "green", "--delay", "1ms"]);
  expect(delayed.stdout, delayed.stderr).toMatch(/^green: delay 1 ms\n/);
  await terminal.untilScreen(/^ {2}faults: delay 1 ms$/m);
  const { stdout } = await cliWith(["fault", "status", "--local"]);
  expect(stdout).toMatch(/^COLOR +PROCESS +FAULTS\nblue +blue +no faults\ngreen +green +delay 1 ms$/);

  process.kill(serviceAt(PORTS.green.port), "SIGKILL");
  await terminal.untilScreen(/^green 12\.0 +0 % +was killed by SIGKILL/m);
  const dead = await cliWith(["fault", "--local", "green", "--clear"]);
  expect(dead.exitCode).toBe(1);
  expect(dead.stderr).toContain("does `pnpm dev` run on this machine, and green in it?");
  terminal.type("r");
  await terminal.untilScreen(/Restarted: green\./);
  const { stdout: restarted } = await cliWith(["fault", "status", "--local"]);
  expect(restarted).toMatch(/green +green +no faults$/);
  terminal.close();
  await expect.poll(portsInUse, { timeout: HANG_MS }).toEqual([]);
});
