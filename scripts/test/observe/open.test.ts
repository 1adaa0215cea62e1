import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { CommandError } from "../../src/adapters/command.ts";
import { open } from "../../src/observe/open.ts";
import { CONTEXT } from "../support/context.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const FORWARDING = "Forwarding from 127.0.0.1:5555 -> 8080\n";
const LOST = "error: lost connection to pod";
const VERSION: Answer = { when: "version", stdout: '{"gitVersion":"v1.34.0"}' };

let printed: string[];
beforeEach(() => {
  printed = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0);
  onTestFinished(() => void vi.restoreAllMocks());
});

/** Runs `pnpm open`, whose calls of `kubectl port-forward` get these answers, one after the other. */
async function openWith(...answers: Omit<Answer, "when">[]) {
  const forward = answers.map((answer, index): Answer =>
    Object.assign({ when: "port-forward", once: index < answers.length - 1 }, answer),
  );
  const calls = fixtureTools({ helm: [], kubectl: [...forward, VERSION] });
  const end = open({ color: "green", port: 0, namespace: "demos" }, CONTEXT);
  const ports = () =>
    calls().flatMap(({ args }) => (args[0] === "port-forward" ? [args.slice(1).join(" ")] : []));
  return { end, ports };
}

test("forwards the port of one frontend, and prints the URL of its live page", async () => {
  const { end, ports } = await openWith({ stdout: FORWARDING });
  await end;
  expect(printed.join("")).toContain("echo-frontend-green: http://127.0.0.1:5555/");
  expect(ports()).toEqual(["-n demos service/echo-frontend-green :80"]);
});

test("forwards the same port to a new pod when the pod ends, and says so", async () => {
  const { end, ports } = await openWith(
    { stdout: FORWARDING, stderr: LOST, exitCode: 1 },
    { stdout: FORWARDING },
  );
  await end;
  expect(printed.slice(1)).toEqual([
    "The pod has ended. Waiting for another one …\n",
    "Forwarding to a new pod of echo-frontend-green.\n",
  ]);
  expect(ports()).toEqual([
    "-n demos service/echo-frontend-green :80",
    "-n demos service/echo-frontend-green 5555:80",
  ]);
});

test.each([
  ["at the start", [{ stderr: LOST, exitCode: 1 }]],
  [
    "because the frontend was removed",
    [
      { stdout: FORWARDING, stderr: LOST, exitCode: 1 },
      { stderr: 'Error from server (NotFound): services "x" not found', exitCode: 1 },
    ],
  ],
])("ends if forwarding fails %s", async (_when, answers) => {
  const { end } = await openWith(...answers);
  await expect(end).rejects.toThrow(CommandError);
});

const stableName = (color: string) => JSON.stringify({ spec: { selector: { color } } });

test("follows the frontend's stable name to the other colour, on the same port", async () => {
  const calls = fixtureTools({
    helm: [],
    kubectl: [
      VERSION,
      { when: "get service echo-frontend", stdout: stableName("blue"), once: true },
      { when: "get service echo-frontend", stdout: stableName("green") },
      { when: "service/echo-frontend-blue", stdout: FORWARDING, effect: "hang" },
      { when: "service/echo-frontend-green", stdout: FORWARDING },
    ],
  });
  await open({ port: 0, namespace: "demos" }, CONTEXT, 1);
  const forwards = calls().filter(({ args }) => args.includes("port-forward"));
  expect(forwards.map(({ args }) => args.slice(-2))).toEqual([
    ["service/echo-frontend-blue", ":80"],
    ["service/echo-frontend-green", "5555:80"],
  ]);
});
