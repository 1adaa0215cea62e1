import { expect, test } from "vitest";
import { startCommand } from "../support/command.ts";
import { digestOf, fakeRegistry } from "../support/fake-registry.ts";
import { releaseTools } from "../support/release.ts";

const IMAGES = { "ada/echo-backend": { "11.0": "eleven" } };
const EMPTY = { when: "-o json", stdout: '{"items":[]}' };

test("status lists the images of the registry, without docker, and a slash at its end changes nothing", async () => {
  const { name, requests } = await fakeRegistry(IMAGES);
  releaseTools({ without: ["docker"], kubectl: [EMPTY] });
  const { exitCode, stdout, stderr } = await startCommand("status", "--registry", `${name}/ada/`);
  expect(exitCode, stderr).toBe(0);
  expect(stdout.replaceAll(/ +/g, " ").split("\n").slice(1)).toEqual([
    `image echo-backend:11.0 pushed ${digestOf("eleven")}`,
    "image echo-backend:12.0 absent -",
    "image echo-frontend:2.0 absent -",
  ]);
  expect(requests).toContain("/v2/ada/echo-backend/manifests/11.0");
});

test("status ends with the registry's reason if it cannot be read", async () => {
  const { name } = await fakeRegistry(IMAGES, "basic");
  releaseTools({ without: ["docker"], kubectl: [EMPTY] });
  const { exitCode, stderr } = await startCommand("status", "--registry", `${name}/ada`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${name} refuses to read ${name}/ada/echo-`);
});

const deployment = (name: string, version: string) => ({
  metadata: { name, labels: { "app.kubernetes.io/version": version } },
  spec: { template: { spec: { containers: [{ image: `registry.example/x:${version}` }] } } },
  status: { readyReplicas: 1 },
});

test("status lists the images of the versions that are deployed, and defaults of what is not", async () => {
  const { name } = await fakeRegistry({ "ada/echo-backend": { "13.0": "thirteen" } });
  const items = [deployment("echo-backend-blue", "13.0"), deployment("echo-frontend-blue", "2.0")];
  const deployments = { when: "get deployments", stdout: JSON.stringify({ items }) };
  releaseTools({ without: ["docker"], kubectl: [deployments, EMPTY] });
  const { exitCode, stdout, stderr } = await startCommand("status", "--registry", `${name}/ada`);
  expect(exitCode, stderr).toBe(0);
  expect(stdout.split("\n").filter((line) => line.startsWith("image"))).toEqual([
    expect.stringMatching(/echo-backend:13\.0 +pushed +sha256:/),
    expect.stringMatching(/echo-backend:12\.0 +absent/),
    expect.stringMatching(/echo-frontend:2\.0 +absent/),
  ]);
});
