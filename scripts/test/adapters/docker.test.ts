import { describe, expect, test } from "vitest";
import { createDocker } from "../../src/adapters/docker.ts";
import { fixtureTool } from "../support/tools.ts";

const docker = createDocker();
const DIGEST = `sha256:${"a".repeat(64)}`;

test("passes a password over stdin, never as an argument", async () => {
  const calls = fixtureTool("docker", []);
  await docker.login("localhost:5000", "AWS", "secret");
  expect(calls()).toEqual([
    { args: ["login", "--username", "AWS", "--password-stdin", "localhost:5000"], stdin: "secret" },
  ]);
});

test("a push returns the digest in the registry", async () => {
  fixtureTool("docker", [{ when: "push", stdout: `layer: Pushed\n11.0: digest: ${DIGEST} size: 1234\n` }]);
  expect(await docker.push("r/echo-backend:11.0")).toBe(DIGEST);
});

test("a push that fails reports the registry's message", async () => {
  fixtureTool("docker", [{ when: "push", stderr: "no basic auth credentials", exitCode: 1 }]);
  await expect(docker.push("r/a:1")).rejects.toThrow("no basic auth credentials");
});

// Two students who push the same tag at the same moment may meet this.
describe("a registry that fails", () => {
  test.each([
    "received unexpected HTTP status: 500 Internal Server Error",
    "failed commit on ref: unexpected status from PUT request to http://r/v2/a/manifests/1: 500 Internal Server Error",
  ])("once gets the push again: %s", async (stderr) => {
    const calls = fixtureTool("docker", [
      { when: "push", stderr, exitCode: 1, once: true },
      { when: "push", stdout: `1: digest: ${DIGEST} size: 1234` },
    ]);
    expect(await docker.push("r/a:1")).toBe(DIGEST);
    expect(calls()).toHaveLength(2);
  });

  test("twice ends the push with its reason", async () => {
    const stderr = "received unexpected HTTP status: 500 Internal Server Error";
    const calls = fixtureTool("docker", [{ when: "push", stderr, exitCode: 1 }]);
    await expect(docker.push("r/a:1")).rejects.toThrow(stderr);
    expect(calls()).toHaveLength(2);
  });

  test("for a reason that lasts gets no second push", async () => {
    const stderr = "received unexpected HTTP status: 507 Insufficient Storage";
    const calls = fixtureTool("docker", [{ when: "push", stderr, exitCode: 1 }]);
    await expect(docker.push("r/a:1")).rejects.toThrow(stderr);
    expect(calls()).toHaveLength(1);
  });
});

test("a tag that the registry does not have has no digest", async () => {
  fixtureTool("docker", [{ when: "imagetools", stderr: "ERROR: r/a:1: not found", exitCode: 1 }]);
  expect(await docker.remoteDigest("r/a:1")).toBeUndefined();
  fixtureTool("docker", [{ when: "imagetools", stdout: `{"digest":"${DIGEST}"}` }]);
  expect(await docker.remoteDigest("r/a:1")).toBe(DIGEST);
});

test.each([
  "ERROR: docker-credential-x: not found",
  "sh: docker-credential-x: not found\nERROR: r/a:1: not found",
  'ERROR: failed to do request: Head "https://r/v2/a/manifests/1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  "ERROR: unexpected status from HEAD request to http://r/v2/a/manifests/1: 401 Unauthorized",
  'error getting credentials - err: exec: "docker-credential-aws": executable file not found in $PATH',
])("a digest that cannot be read is an error: %s", async (stderr) => {
  fixtureTool("docker", [{ when: "imagetools", stderr, exitCode: 1 }]);
  await expect(docker.remoteDigest("r/a:1")).rejects.toThrow(stderr);
});

test("passes build arguments word for word", async () => {
  const calls = fixtureTool("docker", []);
  await docker.build({ image: "r/a:1", dockerfile: "D", context: ".", args: { VERSION: "1 $(x)" } });
  expect(calls()[0]?.args).toEqual(
    expect.arrayContaining(["--build-arg", "VERSION=1 $(x)", "--tag", "r/a:1"]),
  );
});
