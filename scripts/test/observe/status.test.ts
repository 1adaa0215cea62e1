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
