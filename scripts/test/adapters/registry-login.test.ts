import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findLogin } from "../../src/adapters/registry-login.ts";
import { fixtureTools } from "../support/tools.ts";
import { CONTEXT } from "../support/context.ts";

const AUTH = { auth: Buffer.from("ada:pass:word").toString("base64") };
const ADA = { user: "ada", password: "pass:word" };
const GHCR = { auths: { "ghcr.io": AUTH } };
const HELPER = { when: "get", stdout: '{"ServerURL":"ghcr.io","Username":"ben","Secret":"word"}' };
const BEN = { user: "ben", password: "word" };

/** Writes the configurations of docker and of helm, and makes helm name its own. */
function configure({ docker, helm }: { docker?: object; helm?: object }, helper?: { exitCode: number }) {
  const folder = mkdtempSync(join(tmpdir(), "echo-login-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const helms = join(folder, "helm.json");
  if (docker) writeFileSync(join(folder, "config.json"), JSON.stringify(docker));
  if (helm) writeFileSync(helms, JSON.stringify(helm));
  const calls = fixtureTools({
    helm: [{ when: "env HELM_REGISTRY_CONFIG", stdout: `${helms}\n` }],
    ...(helper && { "docker-credential-keys": [{ ...HELPER, ...helper }] }),
  });
  const find = (registry: string) => findLogin(registry, { ...CONTEXT, env: { DOCKER_CONFIG: folder } });
  return { find, calls };
}

test.each([
  ["helm registry login", { helm: GHCR }],
  ["docker login", { docker: GHCR }],
])("the login is that of %s", async (_what, files) => {
  const { find } = configure(files);
  expect(await find("ghcr.io/ada")).toEqual(ADA);
  expect(await find("other.example")).toBeUndefined();
});

test("there is none without any configuration", async () => {
  expect(await configure({}).find("ghcr.io/ada")).toBeUndefined();
});

test("the login to the Docker Hub has another name", async () => {
  const { find } = configure({ docker: { auths: { "https://index.docker.io/v1/": AUTH } } });
  expect(await find("docker.io/ada")).toEqual(ADA);
});

test.each([{ credsStore: "keys" }, { credHelpers: { "ghcr.io": "keys" } }])(
  "the login may be in a program's store: %j",
  async (docker) => {
    const { find, calls } = configure({ docker }, { exitCode: 0 });
    expect(await find("ghcr.io/ada")).toEqual(BEN);
    const asked = calls().find(({ tool }) => tool === "docker-credential-keys");
    expect(asked).toMatchObject({ args: ["get"], stdin: "ghcr.io" });
  },
);

test.each([
  ["has no login", { exitCode: 1 }],
  ["was removed with docker", undefined],
])("there is none if that program %s", async (_what, helper) => {
  const { find } = configure({ docker: { credsStore: "keys" } }, helper);
  expect(await find("ghcr.io/ada")).toBeUndefined();
});

test("a configuration that is no JSON is named", async () => {
  const { find } = configure({ docker: { auths: "none" } });
  await expect(find("ghcr.io")).rejects.toThrow(/Invalid docker configuration .*config\.json: expected JSON/);
});
