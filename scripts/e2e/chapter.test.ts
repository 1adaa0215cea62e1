import * as v from "valibot";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isLoopback } from "../src/domain/host.ts";
import { chartPath } from "../src/lib/paths.ts";
import { cli, cliWith, helm, HELM_WAIT, inNamespace } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { oldPodsGone } from "./support/pods.ts";
import { machineWithoutDocker } from "./support/published.ts";
import { digestOf, emptyNamespace } from "./support/state.ts";
import { cluster, curl, registry, url } from "./support/system.ts";

// The chapter from an empty namespace to an empty one, and then without docker: each test continues where the one before ended.

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

/** Where the charts are after their publication, and the version that has this commit. */
const CHARTS = `oci://${registry}/charts`;
let publishedVersion = "";
let student: Awaited<ReturnType<typeof machineWithoutDocker>>;

beforeAll(async () => {
  await emptyNamespace();
  student = await machineWithoutDocker();
});
afterAll(() => student.remove());

/** Runs the chapter's helm command on a machine without docker. helm 4 does not use HTTP on this machine by itself. */
async function installPublished(release: string, chart: string, ...values: string[]): Promise<void> {
  const version = ["--version", publishedVersion, ...(isLoopback(registry) ? ["--plain-http"] : [])];
  const set = values.flatMap((value) => ["--set", value]);
  const args = ["upgrade", "-i", release, `${CHARTS}/${chart}`, ...version, "--create-namespace", ...set];
  await helm([...args, ...HELM_WAIT], undefined, student.env);
}

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

test("publish:charts pushes each chart with the commit in its version", async () => {
  const { exitCode, stdout, stderr } = await cliWith(["publish:charts"]);
  expect(exitCode, stderr).toBe(0);
  const published = Array.from(stdout.matchAll(/^✔ Push (\S+) (\S+): (?:pushed|unchanged)$/gm));
  expect(published.map(([, chart]) => chart)).toEqual(
    ["echo-backend", "echo-frontend", "echo-traffic"].map((name) => `${CHARTS}/${name}`),
  );
  publishedVersion = published[0]?.[2] ?? "";
  expect(publishedVersion).toMatch(/^1\.0\.0\+[0-9a-f]{12}(-dirty)?$/);
});

test.each([
  ["blue", "11.0", "of this repository", chartPath("echo-frontend")],
  ["green", "12.0", "of the registry", undefined],
])(
  "the frontend returns the %s version %s a thousand times after the chapter's own helm command with the chart %s",
  async (color, version, _where, chart) => {
    const values = [`registry=${registry}`, "color=blue", "version=2.0"];
    values.push(`backend=${url(`echo-backend-${color}`)}`, "serviceType=ClusterIP");
    if (chart === undefined) await installPublished("echo-frontend-blue", "echo-frontend", ...values);
    else {
      const set = values.flatMap((value) => ["--set", value]);
      await helm(["upgrade", "-i", "echo-frontend-blue", chart, "--create-namespace", ...set, ...HELM_WAIT]);
    }
    await oldPodsGone("echo-frontend-blue");
    const versions = (await curl(frontend, 1000)).map((body) => v.parse(Body, body).backend);
    expect(versions).toEqual(Array.from({ length: 1000 }, () => version));
  },
);

test.concurrent.each(["echo-backend-blue", "echo-backend-green", "echo-frontend-blue"])(
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

test("without docker, helm installs a published backend, and release --from then pins it by its digest", async () => {
  await installPublished(
    "echo-backend-blue",
    "echo-backend",
    `registry=${registry}`,
    "color=blue",
    "version=11.0",
  );
  // helm waits for the pods. The node learns of them a moment later.
  const bodies = await eventually("a response of blue", () =>
    curl(url("echo-backend-blue")).catch(() => undefined),
  );
  expect(bodies).toEqual(['{"version":"11.0"}']);
  expect(await digestOf("blue")).toBe("");
  const from = inNamespace(["release:blue", "--from", registry]);
  const { exitCode, stdout, stderr } = await cliWith(from, student.env);
  expect(exitCode, stderr).toBe(0);
  const [, digest] = /^✔ Use the published image \S+: (sha256:\w{64})$/m.exec(stdout) ?? [];
  expect(await digestOf("blue")).toBe(digest);
  expect(stdout).not.toContain("Build");
});

test("without docker, release --from refuses a version that the registry lacks, and changes nothing", async () => {
  const before = await cluster.helm.list();
  const from = inNamespace(["release", "--from", `${registry}/nobody`]);
  const { exitCode, stderr } = await cliWith(from, student.env);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${registry}/nobody/echo-backend has no version 11.0: it has none`);
  expect(await cluster.helm.list()).toEqual(before);
});
