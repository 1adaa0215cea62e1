import { expect, test } from "vitest";
import { containers } from "../../src/adapters/containers.ts";
import { fixtureTool } from "../support/tools.ts";

test("a container that does not exist is undefined, any other failure is an error", async () => {
  for (const stderr of ["Error: No such container: a", "Error response from daemon: No such container: a"]) {
    fixtureTool("docker", [{ when: "inspect", stderr, exitCode: 1 }]);
    expect(await containers.find("a")).toBeUndefined();
  }
  fixtureTool("docker", [{ when: "inspect", stderr: "Cannot connect to the Docker daemon", exitCode: 1 }]);
  await expect(containers.find("a")).rejects.toThrow("Cannot connect");
});

test("publishes a service on the loopback only", async () => {
  const calls = fixtureTool("docker", []);
  await containers.runService({ name: "a", image: "registry:3", port: 5000 });
  expect(calls()[0]?.args).toEqual([
    ...[
      "run",
      "--detach",
      "--restart=always",
      "--name",
      "a",
      "--publish",
      "127.0.0.1:5000:5000",
      "registry:3",
    ],
  ]);
});
