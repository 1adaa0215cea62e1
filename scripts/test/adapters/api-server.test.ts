import { describe, expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { isUnreachable } from "../../src/adapters/api-server.ts";
import { fixtureTool } from "../support/tools.ts";

const AWAY =
  "The connection to the server 127.0.0.1:6443 was refused - did you specify the right host or port?";

/** Whether a tool that fails with this message means that the API server is away. */
async function meansAway(stderr: string): Promise<boolean> {
  fixtureTool("kubectl", [{ when: "get", stderr, exitCode: 1 }]);
  const call = createKubectl({ retryMs: 0 }).run(["get", "pods"]);
  return call.then(() => false, isUnreachable);
}

describe("the API server is away", () => {
  test.each([
    AWAY,
    "Unable to connect to the server: dial tcp 127.0.0.1:6443: connect: connection refused",
    "Unable to connect to the server: EOF",
    "Unable to connect to the server: net/http: TLS handshake timeout",
    "Unable to connect to the server: dial tcp 10.0.0.1:6443: i/o timeout",
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
    "error: unexpected EOF",
    "error: error reading from error stream: next reader: websocket: close 1006 (abnormal closure): unexpected EOF",
    'error: error validating "STDIN": error validating data: failed to download openapi: Get "https://127.0.0.1:1/openapi/v2?timeout=32s": dial tcp 127.0.0.1:1: connect: connection refused; if you choose to ignore these errors, turn validation off with --validate=false',
    'Error: kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
    'Error: UPGRADE FAILED: Patch "https://127.0.0.1:1/api/v1/x": read tcp 127.0.0.1:2->127.0.0.1:1: read: connection reset by peer',
    'Error: UPGRADE FAILED: Get "https://127.0.0.1:1/api/v1/x": http2: client connection lost',
    'Error: UPGRADE FAILED: an error occurred while finding last successful release. original upgrade error: resource Service/demos/x not ready. status: Unknown, message: \nresource Deployment/demos/x not ready. status: Unknown, message: : kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
    "Error: UPGRADE FAILED: resource Service/demos/x not ready. status: Unknown, message: \nresource Deployment/demos/x not ready. status: Unknown, message: : query: failed to query with labels: the server is currently unable to handle the request (get secrets)",
    "Error: UPGRADE FAILED: query: failed to query with labels: the server is currently unable to handle the request (get secrets)",
  ])("if a tool says: %s", async (stderr) => {
    expect(await meansAway(stderr)).toBe(true);
  });

  test.each([
    "Error from server (Forbidden): pods is forbidden",
    "Unable to connect to the server: getting credentials: exec: executable aws not found",
    "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
    'Error: kubernetes cluster unreachable: Get "https://127.0.0.1:1/version": getting credentials: exec: executable aws not found',
    'Error from server (InternalError): Internal error occurred: failed calling webhook "a": failed to call webhook: Post "https://a.b.svc:443": dial tcp 10.0.0.1:443: connect: connection refused',
    'Error: UPGRADE FAILED: Internal error occurred: failed calling webhook "a": failed to call webhook: Post "https://a.b.svc:443": dial tcp 10.0.0.1:443: connect: connection refused',
    'Error: UPGRADE FAILED: resource Deployment/demos/x not ready. status: Failed, message: \nInternal error occurred: failed calling webhook "a": failed to call webhook: Post "https://a.b.svc:443": dial tcp 10.0.0.1:443: connect: connection refused',
    "Error: YAML parse error on a/b.yaml: unexpected EOF",
    "curl: (56) Recv failure: Connection reset by peer\ncommand terminated with exit code 56",
  ])("not if a tool says: %s", async (stderr) => {
    expect(await meansAway(stderr)).toBe(false);
  });
});

describe("while the API server is away", () => {
  test("a call is retried", async () => {
    const calls = fixtureTool("kubectl", [
      { when: "get", stderr: AWAY, exitCode: 1, once: true },
      { when: "get", stdout: "here" },
    ]);
    expect(await createKubectl().run(["get", "pods"])).toBe("here");
    expect(calls()).toHaveLength(2);
  });

  test("a call without retries runs once, with a limit", async () => {
    const calls = fixtureTool("kubectl", [{ when: "get", stderr: AWAY, exitCode: 1 }]);
    const kubectl = createKubectl({ context: "kind", retryMs: 0 });
    await expect(kubectl.run(["get", "pods"])).rejects.toThrow("was refused");
    expect(calls().map(({ args }) => args)).toEqual([
      ["--context", "kind", "--request-timeout=5s", "get", "pods"],
    ]);
  });

  test("the check whether the cluster responds runs once", async () => {
    const calls = fixtureTool("kubectl", [{ when: "/version", stderr: AWAY, exitCode: 1 }]);
    await expect(createKubectl().serverVersion()).rejects.toThrow("was refused");
    expect(calls()).toHaveLength(1);
  });

  test("an interruption ends the retries", async () => {
    fixtureTool("kubectl", [{ when: "get", stderr: AWAY, exitCode: 1 }]);
    const interrupted = new AbortController();
    const retrying = createKubectl({ signal: interrupted.signal }).run(["get", "pods"]);
    interrupted.abort(new Error("interrupted"));
    await expect(retrying).rejects.toThrow(/interrupted/i);
  });
});

test("any other failure is not retried", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "get", stderr: "Error from server (Forbidden)", exitCode: 1 },
  ]);
  await expect(createKubectl().run(["get", "pods"])).rejects.toThrow("Forbidden");
  expect(calls()).toHaveLength(1);
});
