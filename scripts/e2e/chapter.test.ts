import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { cli, helm, HELM_WAIT } from "./support/commands.ts";
import { oldPodsGone } from "./support/pods.ts";
import { emptyNamespace } from "./support/state.ts";
import { cluster, curl, registry, url } from "./support/system.ts";

// The chapter from an empty namespace to an empty one: each test continues where the one before ended.

const Body = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ backend: v.string(), version: v.string(), ec2IP: v.string() }),
);
const frontend = url("echo-frontend-blue");
const VERSIONS = [
  ["blue", "11.0"],
  ["green", "12.0"],
];

beforeAll(emptyNamespace);
afterAll(emptyNamespace);

test.each(VERSIONS)("release:%s builds, pushes, deploys and verifies version %s", async (color, version) => {
  const { exitCode, stdout, stderr } = await cli(`release:${color}`);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain(`{"version":"${version}"}`);
});

test("the jumpbox prints the exact responses of both versions", async () => {
  const { stdout, exitCode } = await cli("jumpbox");
  expect(stdout).toBe('{"version":"11.0"}\n{"version":"12.0"}');
  expect(exitCode).toBe(0);
});

test("the jumpbox runs any command and passes its exit code on", async () => {
  const command = ["bash", "-c", 'echo "$0 $1"; exit 7', "a b", "$(c)"];
  const { stdout, exitCode } = await cli("jumpbox", "--", ...command);
  expect(stdout).toBe("a b $(c)");
  expect(exitCode).toBe(7);
});

test("a second release changes nothing and says so", async () => {
  const before = await cluster.helm.list();
  const { exitCode, stdout } = await cli("release:blue");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Nothing to change");
  expect(await cluster.helm.list()).toEqual(before);
});

test("the frontend has no backend after its first release", async () => {
  const { exitCode, stderr } = await cli("release:frontend");
  expect(exitCode, stderr).toBe(0);
  const [text = ""] = await curl(frontend);
  const body = v.parse(Body, text);
  expect(body).toMatchObject({ backend: "none", version: "2.0" });
  expect(body.ec2IP).toMatch(/^[\d.:a-f]+$/);
  expect(text.replace(/"(ec2IP|hostname|time)":"[^"]*"/g, '"$1":"…"')).toBe(
    '{"backend":"none","ec2IP":"…","hostname":"…","time":"…","version":"2.0"}',
  );
});

test.each(VERSIONS)(
  "the frontend returns the %s version %s a thousand times after the chapter's own helm command",
  async (color, version) => {
    await helm([
      ...["upgrade", "-i", "echo-frontend-blue", chartPath("echo-frontend"), "--create-namespace"],
      ...["--set", `registry=${registry}`, "--set", "color=blue", "--set", "version=2.0"],
      ...["--set", `backend=${url(`echo-backend-${color}`)}`, "--set", "serviceType=ClusterIP"],
      ...HELM_WAIT,
    ]);
    await oldPodsGone("echo-frontend-blue");
    const versions = (await curl(frontend, 1000)).map((body) => v.parse(Body, body).backend);
    expect(versions).toEqual(Array.from({ length: 1000 }, () => version));
  },
);

test.each(["echo-backend-blue", "echo-backend-green", "echo-frontend-blue"])(
  "helm test of %s succeeds",
  async (release) => {
    expect(await helm(["test", release])).toContain("Succeeded");
  },
);

test("undeploy removes nothing without --yes", async () => {
  const { exitCode, stderr } = await cli("undeploy");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Use --yes");
  expect(await cluster.helm.list()).toHaveLength(3);
});

test("undeploy --yes removes the releases and keeps the images", async () => {
  const { exitCode } = await cli("undeploy", "--yes");
  expect(exitCode).toBe(0);
  expect(await cluster.helm.list()).toEqual([]);
  const { stdout } = await cli("status");
  expect(stdout).toMatch(/echo-backend:11\.0 +pushed/);
});
