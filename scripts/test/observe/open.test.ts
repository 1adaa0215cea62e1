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
