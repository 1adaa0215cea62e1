import { describeWith } from "@echo/kit/testing/tools";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { createKubectl } from "../../src/adapters/kubectl.ts";
import { createJumpbox } from "../../src/adapters/jumpbox.ts";
import { brokenRules } from "../../../charts/test/support/pod-security.ts";
import { curlOutput } from "../support/curl.ts";
import { localJumpbox } from "../support/local-jumpbox.ts";
import { startService } from "../support/service.ts";
import { fixtureTool } from "../support/tools.ts";

const withImage = (image: string) =>
  JSON.stringify({ ...JSON.parse(running), spec: { containers: [{ image }] } });

const Manifest = v.object({
  metadata: v.looseObject({}),
  spec: v.looseObject({
    automountServiceAccountToken: v.boolean(),
    containers: v.array(v.looseObject({ name: v.string(), image: v.string() })),
  }),
});
const parsePod = (text: string) => v.parse(Manifest, JSON.parse(text));

const jumpbox = createJumpbox(createKubectl(), "demos-1");
const running = '{"metadata":{},"status":{"phase":"Running"}}';
const terminating = '{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{"phase":"Running"}}';

test.each([
  ["is gone", 'Error from server (NotFound): pods "jumpbox" not found', 1],
  ["ends during it", "command terminated with exit code 137", 137],
  ["ends at its beginning", "error: Internal error occurred: error executing command in container", 1],
])("a command whose pod %s runs again in a new pod", async (_how, stderr, exitCode) => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr, exitCode, once: true },
    { when: "exec", stdout: "here" },
  ]);
  expect(await jumpbox.exec(["curl", "a"])).toBe("here");
  expect(calls().map(({ args }) => args[0])).toEqual(["exec", "get", "create", "wait", "exec"]);
});

test("a command that fails in a running pod is not repeated", async () => {
  const calls = fixtureTool("kubectl", [
    { when: "exec", stderr: "curl: (7) refused", exitCode: 7 },
    { when: "get", stdout: running },
  ]);
  await expect(jumpbox.exec(["curl", "a"])).rejects.toThrow("curl: (7)");
  expect(calls().filter(({ args }) => args[0] === "exec")).toHaveLength(1);
});

test("waits for a terminating pod, and recreates it", async () => {
  const calls = fixtureTool("kubectl", [{ when: "get", stdout: terminating, once: true }, { when: "get" }]);
  expect(await jumpbox.ensure()).toBe("created");
  expect(calls().map(({ args }) => args.find((word) => /^(get|create|--for)/.test(word)))).toEqual([
    "get",
    "--for=delete",
    "get",
    "create",
    "--for=condition=Ready",
  ]);
});

test("creates a pod that the restricted profile accepts, without a token, with the label of the policies", async () => {
  const calls = fixtureTool("kubectl", []);
  await jumpbox.ensure();
  const created = calls().find(({ args }) => args[0] === "create");
  const { metadata, spec } = parsePod(created?.stdin ?? "");
  expect(brokenRules(spec)).toEqual([]);
  expect(spec.automountServiceAccountToken).toBe(false);
  expect(spec.containers.map(({ image }) => image)).toEqual(["nginx"]);
  const labels = { run: "jumpbox", "app.kubernetes.io/part-of": "echo" };
  expect(metadata).toEqual({ name: "jumpbox", namespace: "demos-1", labels });
});

test("takes the image of the user, and replaces a pod with another one", async () => {
  const image = "mirror.example/nginx:1.29";
  const calls = fixtureTool("kubectl", [
    { when: "get", stdout: withImage("nginx"), once: true },
    { when: "get", stdout: "" },
  ]);
  const own = createJumpbox(createKubectl(), "demos-1", image);
  expect(await own.ensure()).toBe("created");
  expect(calls().map(({ args }) => args[0])).toEqual(["get", "delete", "get", "create", "wait"]);
  expect(parsePod(calls()[3]?.stdin ?? "").spec.containers[0]?.image).toBe(image);
  const later = fixtureTool("kubectl", [{ when: "get", stdout: withImage(image) }]);
  expect(await own.ensure()).toBe("unchanged");
  expect(later().map(({ args }) => args[0])).toEqual(["get", "wait"]);
});

test("says why a pod does not start, and how to choose another image", async () => {
  const waiting = { reason: "ImagePullBackOff", message: 'Back-off pulling image "nginx"' };
  const pod = { metadata: {}, status: { phase: "Pending", containerStatuses: [{ state: { waiting } }] } };
  fixtureTool("kubectl", [
    { when: "get", stdout: JSON.stringify(pod) },
    { when: "wait", stderr: "error: timed out waiting for the condition on pods/jumpbox", exitCode: 1 },
  ]);
  await expect(jumpbox.ensure()).rejects.toThrow(
    'The pod jumpbox in namespace demos-1 does not start: ImagePullBackOff: Back-off pulling image "nginx"\nChoose another image with --jumpbox-image.',
  );
});

test.each([
  "exceeded quota: class, requested: pods=1, used: pods=16, limited: pods=16",
  "failed quota: class: must specify limits.cpu for: jumpbox",
])("says that a quota refuses the pod, and what to do: %s", async (reason) => {
  const stderr = `Error from server (Forbidden): error when creating "STDIN": pods "jumpbox" is forbidden: ${reason}`;
  fixtureTool("kubectl", [{ when: "create", stderr, exitCode: 1 }]);
  await expect(jumpbox.ensure()).rejects.toThrow(
    `The quota of namespace demos-1 refuses the pod jumpbox: ${reason.slice(reason.indexOf(": ") + 2)}\nRemove a pod`,
  );
});

test("leaves a running pod alone, and waits until it is ready", async () => {
  const ready =
    '{"metadata":{},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}';
  for (const [pod, waits] of [
    [running, 1],
    [ready, 0],
  ] as const) {
    const calls = fixtureTool("kubectl", [{ when: "get", stdout: pod }]);
    expect(await jumpbox.ensure()).toBe("unchanged");
    expect(calls().filter(({ args }) => args.includes("wait"))).toHaveLength(waits);
  }
});

describe("requests", () => {
  const ECHO = '{"version":"12.0"}';

  test("go to each URL in one call, with these headers", async () => {
    const calls = fixtureTool("kubectl", [
      {
        when: "exec",
        stdout: [
          curlOutput(`${ECHO}\n`, { color: "green", backendColor: "blue", connection: "Close" }),
          curlOutput("", { status: 0 }),
          curlOutput("two\nlines", { status: 503 }),
        ].join(""),
      },
    ]);
    const urls = ["http://a", "http://b", "http://c"];
    expect(await jumpbox.request(urls, { headers: ["accept: text/html"] })).toEqual([
      { status: 200, body: ECHO, color: "green", backendColor: "blue", closes: true },
      { status: 0, body: "", color: "", backendColor: "", closes: false },
      { status: 503, body: "two\nlines", color: "", backendColor: "", closes: false },
    ]);
    expect(calls().map(({ args }) => args.slice(-5))).toEqual([["-H", "accept: text/html", ...urls]]);
  });

  test("can replace what is there by JSON", async () => {
    const calls = fixtureTool("kubectl", [{ when: "exec", stdout: curlOutput("{}") }]);
    await jumpbox.request(["http://a"], { put: '{"errors":20}' });
    const json = ["-X", "PUT", "-H", "Content-Type: application/json", "-d", '{"errors":20}'];
    expect(calls()[0]?.args.slice(-7)).toEqual([...json, "http://a"]);
  });

  test("to no URL need no pod", async () => {
    const calls = fixtureTool("kubectl", []);
    expect(await jumpbox.request([])).toEqual([]);
    expect(calls()).toEqual([]);
  });

  test("have no response if it is not clear whose it is", async () => {
    fixtureTool("kubectl", [{ when: "exec", stdout: curlOutput(ECHO) }]);
    const responses = await jumpbox.request(["http://a", "http://b"]);
    expect(responses.map(({ status }) => status)).toEqual([0, 0]);
  });

  test("fail if the pod has no curl", async () => {
    fixtureTool("kubectl", [
      { when: "exec", stderr: "bash: line 1: curl: command not found", exitCode: 1 },
      { when: "get", stdout: running },
    ]);
    await expect(jumpbox.request(["http://a"])).rejects.toThrow("curl: command not found");
  });
});

describeWith("curl", "a request of curl", () => {
  test("has the response of each URL, and none of one that nothing listens to", async () => {
    const url = await startService((_request, response) =>
      response.writeHead(500, { "x-echo-color": "green", connection: "close" }).end("== a body\n"),
    );
    expect(await localJumpbox().request([url, "http://127.0.0.1:1", `${url}/again`])).toEqual([
      { status: 500, body: "== a body", color: "green", backendColor: "", closes: true },
      { status: 0, body: "", color: "", backendColor: "", closes: false },
      { status: 500, body: "== a body", color: "green", backendColor: "", closes: true },
    ]);
  });
});
