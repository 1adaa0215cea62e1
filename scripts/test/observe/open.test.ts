import { expect, onTestFinished, test, vi } from "vitest";
import { open } from "../../src/observe/open.ts";
import { CONTEXT } from "../support/context.ts";
import { fixtureTools } from "../support/tools.ts";

test("forwards the port of one frontend, and prints the URL of its live page", async () => {
  const calls = fixtureTools({
    helm: [],
    kubectl: [{ when: "port-forward", stdout: "Forwarding from 127.0.0.1:5555 -> 8080\n" }],
  });
  const print = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  await open({ color: "green", port: 0, namespace: "demos" }, CONTEXT);
  expect(print).toHaveBeenCalledWith(expect.stringContaining("echo-frontend-green: http://127.0.0.1:5555/"));
  expect(calls().filter(({ args }) => args.includes("port-forward"))).toMatchObject([
    { args: ["port-forward", "-n", "demos", "service/echo-frontend-green", ":80"] },
  ]);
});

const stableName = (color: string) => JSON.stringify({ spec: { selector: { color } } });

test("follows the frontend's stable name to the other colour, on the same port", async () => {
  const forwarding = "Forwarding from 127.0.0.1:5555 -> 8080\n";
  const calls = fixtureTools({
    helm: [],
    kubectl: [
      { when: "get service echo-frontend", stdout: stableName("blue"), once: true },
      { when: "get service echo-frontend", stdout: stableName("green") },
      { when: "service/echo-frontend-blue", stdout: forwarding, effect: "hang" },
      { when: "service/echo-frontend-green", stdout: forwarding },
    ],
  });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  await open({ port: 0, namespace: "demos" }, CONTEXT, 1);
  const forwards = calls().filter(({ args }) => args.includes("port-forward"));
  expect(forwards.map(({ args }) => args.slice(-2))).toEqual([
    ["service/echo-frontend-blue", ":80"],
    ["service/echo-frontend-green", "5555:80"],
  ]);
});
