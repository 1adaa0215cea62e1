import { expect, test } from "vitest";
import { createDocker } from "../../src/adapters/docker.ts";
import { fixtureTool } from "../support/tools.ts";

const docker = createDocker();
const DIGEST = `sha256:${"a".repeat(64)}`;

test("a password goes over stdin, never among the arguments", async () => {
  const calls = fixtureTool("docker", []);
  await docker.login("localhost:5000", "AWS", "secret");
  expect(calls()).toEqual([
    { args: ["login", "--username", "AWS", "--password-stdin", "localhost:5000"], stdin: "secret" },
  ]);
});

test("a push returns the digest that the registry gave", async () => {
  fixtureTool("docker", [{ when: "push", stdout: `layer: Pushed\n11.0: digest: ${DIGEST} size: 1234\n` }]);
  expect(await docker.push("r/echo-backend:11.0")).toBe(DIGEST);
});

test("a refused push tells the registry's words", async () => {
  fixtureTool("docker", [{ when: "push", stderr: "no basic auth credentials", exitCode: 1 }]);
  await expect(docker.push("r/a:1")).rejects.toThrow("no basic auth credentials");
});

test("a tag that the registry does not have has no digest", async () => {
  fixtureTool("docker", [{ when: "imagetools", stderr: "ERROR: r/a:1: not found", exitCode: 1 }]);
  expect(await docker.remoteDigest("r/a:1")).toBeUndefined();
  fixtureTool("docker", [{ when: "imagetools", stdout: `{"digest":"${DIGEST}"}` }]);
  expect(await docker.remoteDigest("r/a:1")).toBe(DIGEST);
});

test("a build is told its arguments, one by one", async () => {
  const calls = fixtureTool("docker", []);
  await docker.build({ image: "r/a:1", dockerfile: "D", context: ".", args: { VERSION: "1 $(x)" } });
  expect(calls()[0]?.args).toEqual(
    expect.arrayContaining(["--build-arg", "VERSION=1 $(x)", "--tag", "r/a:1"]),
  );
});
