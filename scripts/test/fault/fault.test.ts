import { describe, expect, test } from "vitest";
import { createProgram } from "../../src/commands/program.ts";
import { startCommand } from "../support/command.ts";
import { CONTEXT } from "../support/context.ts";
import { curlOutput } from "../support/curl.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

interface FakePod {
  name: string;
  faults?: "on" | "off";
  ip?: string;
  phase?: string;
  deletionTimestamp?: string;
}

/** kubectl's list of backend pods. */
function list(...pods: FakePod[]): string {
  return JSON.stringify({
    items: pods.map(({ name, faults = "on", ip = "10.0.0.1", phase = "Running", deletionTimestamp }) => ({
      metadata: { name, deletionTimestamp },
      spec: {
        containers: [
          {
            env: [{ name: "FAULTS", value: faults }],
            ports: [
              { name: "http", containerPort: 8080 },
              { name: "admin", containerPort: 9090 },
            ],
          },
        ],
      },
      status: { phase, podIP: ip },
    })),
  });
}

const URL_1 = "http://10.0.0.1:9090/faults";
const URL_2 = "http://[fd00::2]:9090/faults";
const faulty = JSON.stringify({ errors: 20, delayMs: 200, jitterMs: 0, hang: false });

/** @param answers to `kubectl get pods` and `kubectl exec` */
function tools(...answers: Answer[]) {
  const jumpbox = { when: "get pod jumpbox", stdout: '{"metadata":{},"status":{"phase":"Running"}}' };
  const helm = [{ when: "version --short", stdout: "v4.1.4" }];
  const calls = fixtureTools({ helm, kubectl: [jumpbox, ...answers] });
  return { calls, requests: () => calls().filter(({ args }) => args.includes("exec")) };
}

describe("pnpm fault", () => {
  test("replaces the faults of each running pod of the colour, in one call of the jumpbox", async () => {
    const { calls, requests } = tools(
      {
        when: "get pods",
        stdout: list(
          { name: "a" },
          { name: "b", ip: "fd00::2" },
          { name: "ends", ip: "10.0.0.3", deletionTimestamp: "2026-01-01T00:00:00Z", faults: "off" },
          { name: "starts", ip: "10.0.0.4", phase: "Pending" },
        ),
      },
      { when: "exec", stdout: curlOutput(faulty).repeat(2) },
    );
    const args = ["fault", "green", "-n", "s1", "--errors", "20", "--delay", "200ms"];
    const { exitCode, stdout, stderr } = await startCommand(...args);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toBe(
      "green: 20 % errors, delay 200 ms on 2 pods\n" +
        "A pod that starts later has none of them. Run this command again then.\n" +
        "End them: pnpm fault green --clear -n s1",
    );
    const pods = calls().find((call) => call.args.includes("pods"));
    expect(pods?.args.join(" ")).toContain("get pods -n s1 -l app=echo-backend-green");
    const [request, ...more] = requests();
    expect(more).toEqual([]);
    expect(request?.args.slice(-8)).toEqual([
      ...["-X", "PUT", "-H", "Content-Type: application/json", "-d", faulty],
      ...[URL_1, URL_2],
    ]);
  });

  test.each([
    [["--clear"], { errors: 0, delayMs: 0, jitterMs: 0, hang: false }, /^green: no faults on 1 pod$/],
    [
      ["--hang"],
      { errors: 0, delayMs: 0, jitterMs: 0, hang: true },
      /^green: no response \(hang\) on 1 pod\n/,
    ],
    [
      ["--errors", "0.5", "--jitter", "1m"],
      { errors: 0.5, delayMs: 0, jitterMs: 60_000, hang: false },
      /^green: 0.5 % errors, jitter 60000 ms on 1 pod\n/,
    ],
  ])("sends all faults with %j", async (options, faults, text) => {
    const body = JSON.stringify(faults);
    const { requests } = tools(
      { when: "get pods", stdout: list({ name: "a" }) },
      { when: "exec", stdout: curlOutput(body) },
    );
    const { exitCode, stdout } = await startCommand("fault", "green", ...options);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(text);
    expect(requests()[0]?.args.at(-2)).toBe(body);
  });

  test("changes no pod if one of them takes no faults, and says how to turn them on", async () => {
    const { requests } = tools({
      when: "get pods",
      stdout: list({ name: "a" }, { name: "b", faults: "off" }),
    });
    const { exitCode, stderr } = await startCommand("fault", "green", "--hang");
    expect(exitCode).toBe(1);
    expect(stderr).toBe(
      "\necho-backend-green takes no faults: FAULTS is not on in b. Turn it on, which replaces the pods:\n" +
        "  helm -n demos upgrade echo-backend-green charts/echo-backend --reset-then-reuse-values --set faults=on --server-side true --force-conflicts --wait",
    );
    expect(requests()).toEqual([]);
  });

  test("fails if the colour has no running pods", async () => {
    tools({ when: "get pods", stdout: list({ name: "starts", phase: "Pending" }) });
    const { exitCode, stderr } = await startCommand("fault", "blue", "--hang", "-n", "s1", "--context", "c1");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "echo-backend-blue has no running pods in namespace s1. Release it first: pnpm release:blue -n s1 --context c1",
    );
  });

  test("fails if a pod does not take the faults, and names it with its reason", async () => {
    tools(
      { when: "get pods", stdout: list({ name: "a" }, { name: "b", ip: "fd00::2" }, { name: "c", ip: "c" }) },
      {
        when: "exec",
        stdout: [
          curlOutput("", { status: 0 }),
          curlOutput("Invalid \u001B[31mHost\n", { status: 403 }),
          curlOutput(faulty),
        ].join(""),
      },
    );
    const { exitCode, stderr } = await startCommand("fault", "green", "--errors", "20");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("2 of 3 pods of green did not take the faults. The others have them.");
    expect(stderr).toContain("\n  a: no response\n  b: status 403: Invalid [31mHost\n");
  });
});

test("pnpm fault status shows the faults of each pod, and why they are unknown", async () => {
  const none = JSON.stringify({ errors: 0, delayMs: 0, jitterMs: 0, hang: false });
  const { requests } = tools(
    { when: "app=echo-backend-blue", stdout: list({ name: "blue-1", faults: "off" }) },
    {
      when: "app=echo-backend-green",
      stdout: list({ name: "green-1" }, { name: "green-2", ip: "fd00::2" }, { name: "green-3", ip: "c" }),
    },
    { when: "exec", stdout: [curlOutput(faulty), curlOutput(none), curlOutput("", { status: 0 })].join("") },
  );
  const { exitCode, stdout } = await startCommand("fault", "status");
  expect(exitCode).toBe(0);
  expect(stdout).toBe(
    `COLOR  POD      FAULTS
blue   blue-1   off (chart value faults)
green  green-1  20 % errors, delay 200 ms
green  green-2  no faults
green  green-3  no response`,
  );
  expect(requests()).toHaveLength(1);
  expect(requests()[0]?.args).not.toContain("PUT");
});

test("pnpm fault status shows a colour without pods", async () => {
  tools({ when: "get pods", stdout: list() });
  expect((await startCommand("fault", "status")).stdout).toMatch(
    /blue +- +no running pods\ngreen +- +no running/,
  );
});

describe("an invalid fault is an error before any call", () => {
  test.each([
    [["red", "--hang"], 'Invalid colour "red": expected blue or green.'],
    [["--errors", "20"], "Missing colour: pnpm fault green --errors 20."],
    [["green"], "Missing fault: expected --errors, --delay, --jitter, --hang, or --clear to end all."],
    [["green", "--errors", "101"], 'Invalid --errors "101": expected a number from 0 to 100, such as 0.5.'],
    [["green", "--errors", "20%"], 'Invalid --errors "20%": expected a number from 0 to 100, such as 0.5.'],
    [["green", "--delay", "200"], 'Invalid --delay "200": expected a duration from 0ms to 60m, such as 3m.'],
    [
      ["green", "--jitter", "61m"],
      'Invalid --jitter "61m": expected a duration from 0ms to 60m, such as 3m.',
    ],
    [["green", "--clear", "--errors", "1"], "Invalid option --errors: it has no effect with --clear."],
    [["green", "--clear", "--hang"], "Invalid option --hang: it has no effect with --clear."],
    [["green", "--hang", "--delay", "1s"], "Invalid option --delay: it has no effect with --hang."],
    [["green", "--hang", "--local", "-n", "x"], "Invalid option --namespace: it has no effect with --local."],
    [["status", "--errors", "1"], "Invalid option --errors: it has no effect with pnpm fault status."],
    [["status", "--clear"], "Invalid option --clear: it has no effect with pnpm fault status."],
    [["status", "--local", "--context", "x"], "Invalid option --context: it has no effect with --local."],
  ])("pnpm fault %j", async (args, message) => {
    const { calls } = tools();
    const failed = createProgram(CONTEXT).parseAsync(["fault", ...args], { from: "user" });
    await expect(failed).rejects.toThrow(message);
    expect(calls()).toEqual([]);
  });
});
