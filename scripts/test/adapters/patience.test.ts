import { describe, expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { fixtureTool } from "../support/tools.ts";

const away = "Unable to connect to the server: dial tcp 127.0.0.1:6443: connect: connection refused";

describe("while the API server is away", () => {
  test.each([
    away,
    "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?",
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
    "error: unexpected EOF",
  ])("a call is made again: %s", async (stderr) => {
    const calls = fixtureTool("kubectl", [
      { when: "get", stderr, exitCode: 1, once: true },
      { when: "get", stdout: "here" },
    ]);
    expect(await createKubectl().run(["get", "pods"])).toBe("here");
    expect(calls()).toHaveLength(2);
  });

  test("a call of no patience is made once, with a limit", async () => {
    const calls = fixtureTool("kubectl", [{ when: "get", stderr: away, exitCode: 1 }]);
    await expect(createKubectl("kind", 0).run(["get", "pods"])).rejects.toThrow("connection refused");
    expect(calls().map(({ args }) => args)).toEqual([
      ["--context", "kind", "--request-timeout=5s", "get", "pods"],
    ]);
  });

  test("the question whether the cluster answers is not asked again", async () => {
    const calls = fixtureTool("kubectl", [{ when: "readyz", stderr: away, exitCode: 1 }]);
    await expect(createKubectl().reachCluster()).rejects.toThrow("connection refused");
    expect(calls()).toHaveLength(1);
  });
});

test("any other failure is one at once", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "get", stderr: "Error from server (Forbidden)", exitCode: 1 },
  ]);
  await expect(createKubectl().run(["get", "pods"])).rejects.toThrow("Forbidden");
  expect(calls()).toHaveLength(1);
});
