import { execa } from "execa";
import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import { run } from "../src/adapters/command.ts";
import { chartPath, ROOT } from "../src/lib/paths.ts";
import { deploy } from "../src/release/deploy.ts";
import { ask, cli, cliWith, cluster, NAMESPACE, oldPodsGone, registry, url } from "./support/system.ts";

const Answer = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ backend: v.string(), version: v.string(), ec2IP: v.string() }),
);
const frontend = url("echo-frontend-blue");

beforeAll(() => cli("undeploy", "--yes"));

test("a preflight names all that is missing, and nothing is changed", async () => {
  const result = await cliWith(["release:blue", "--namespace", NAMESPACE, "--context", "nowhere"], {
    EKS_ECR_REGISTRY: "",
    PATH: "/nowhere",
  });
  expect(result.exitCode).toBe(1);
  for (const problem of [
    "docker is not installed",
    "helm is not installed",
    "kubectl is not installed",
    "no registry is set",
  ])
    expect(result.stderr).toContain(problem);
  expect(await cluster.helm.list()).toEqual([]);
});

test("the plan is printed and nothing is changed", async () => {
  const { exitCode, stdout } = await cli("release:blue", "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`Build and push ${registry}/echo-backend:11.0`);
  expect(await cluster.helm.list()).toEqual([]);
});

test.each([
  ["blue", "11.0"],
  ["green", "12.0"],
])("release:%s builds, pushes, deploys and verifies %s", async (color, version) => {
  const { exitCode, stdout, stderr } = await cli(`release:${color}`);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain(`{"version":"${version}"}`);
});

test("the jumpbox's curl answers both versions, to the byte", async () => {
  const { stdout, exitCode } = await cli("jumpbox");
  expect(stdout).toBe('{"version":"11.0"}\n{"version":"12.0"}');
  expect(exitCode).toBe(0);
});

test("the jumpbox runs any command and passes its exit code on", async () => {
  const { stdout, exitCode } = await cli(
    "jumpbox",
    "--",
    "bash",
    "-c",
    'echo "$0 $1"; exit 7',
    "a b",
    "$(c)",
  );
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

test("the frontend asks no backend at first", async () => {
  const { exitCode, stderr } = await cli("release:frontend");
  expect(exitCode, stderr).toBe(0);
  const [body = ""] = await ask(frontend);
  const answer = v.parse(Answer, body);
  expect(answer).toMatchObject({ backend: "none", version: "2.0" });
  expect(answer.ec2IP).toMatch(/^[\d.:a-f]+$/);
  expect(body.replace(/"(ec2IP|hostname|time)":"[^"]*"/g, '"$1":"…"')).toBe(
    '{"backend":"none","ec2IP":"…","hostname":"…","time":"…","version":"2.0"}',
  );
});

test.each([
  ["blue", "11.0"],
  ["green", "12.0"],
])(
  "redeployed by the chapter's own helm command, the frontend says the %s version a thousand times",
  async (color, version) => {
    await run("helm", [
      ...[
        "-n",
        NAMESPACE,
        "upgrade",
        "-i",
        "echo-frontend-blue",
        chartPath("echo-frontend"),
        "--create-namespace",
      ],
      ...["--set", `registry=${registry}`, "--set", "color=blue", "--set", "version=2.0"],
      ...["--set", `backend=${url(`echo-backend-${color}`)}`, "--set", "serviceType=ClusterIP", "--wait"],
    ]);
    await oldPodsGone("echo-frontend-blue");
    const versions = (await ask(frontend, 1000)).map((body) => v.parse(Answer, body).backend);
    expect(versions).toEqual(Array.from({ length: 1000 }, () => version));
  },
);

test.each(["echo-backend-blue", "echo-backend-green", "echo-frontend-blue"])(
  "helm test of %s succeeds",
  async (release) => {
    expect(await run("helm", ["-n", NAMESPACE, "test", release])).toContain("Succeeded");
  },
);

test("a release that does not become ready is rolled back, with the cluster's reason", async () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const upgrade = {
    release: "echo-backend-blue",
    chart: chartPath("echo-backend"),
    values: { registry, color: "blue", version: "11.0", digest },
  };
  await expect(deploy(upgrade, cluster, { timeoutSeconds: 15 })).rejects.toThrow(
    /what was there before is back[\s\S]*pull/i,
  );
  expect(await ask(url("echo-backend-blue"))).toEqual(['{"version":"11.0"}']);
});

test("status shows images, releases, deployments and services", async () => {
  const { stdout } = await cli("status");
  for (const line of [
    /image +echo-backend:12\.0 +pushed +sha256:/,
    /release +echo-backend-green +deployed/,
    /deployment +echo-frontend-blue +3\/3 ready/,
    /service +echo-backend-blue +ClusterIP/,
  ])
    expect(stdout).toMatch(line);
});

test("watch prints each answer with the running shares, and ends with Ctrl-C", async () => {
  const args = ["watch", "--namespace", NAMESPACE, url("echo-backend-blue")];
  const watching = execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args]);
  const lines: string[] = [];
  for await (const line of watching) {
    // Once: the summary in the end repeats the third line's words.
    if (lines.push(line) === 3) watching.kill("SIGINT");
  }
  expect(lines[2]).toBe('{"version":"11.0"}   11.0 100% | 200 100% | 3 requests');
  expect(lines.at(-1)).toMatch(/^p50 \d+ ms, p99 \d+ ms, no change$/);
  expect((await watching).exitCode).toBe(0);
});

test("open forwards a port to the frontend: the live page for a browser, JSON for anyone else", async () => {
  const args = ["open", "--namespace", NAMESPACE, "--port", "0"];
  const opened = execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args]);
  for await (const line of opened) {
    const address = /http:\S+/.exec(line)?.[0];
    if (address === undefined) continue;
    const page = await fetch(address, { headers: { accept: "text/html" } });
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await page.text()).toContain("Which colour answers?");
    expect(v.parse(Answer, await (await fetch(address)).text())).toMatchObject({ version: "2.0" });
    opened.kill("SIGINT");
  }
  expect.assertions(4);
  expect((await opened).exitCode).toBe(0);
});

test("undeploy removes the releases, and refuses to without being told", async () => {
  const refused = await cli("undeploy");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("Give --yes");
  expect(await cluster.helm.list()).toHaveLength(3);

  const { exitCode } = await cli("undeploy", "--yes");
  expect(exitCode).toBe(0);
  expect(await cluster.helm.list()).toEqual([]);
  const { stdout } = await cli("status");
  expect(stdout).toMatch(/echo-backend:11\.0 +pushed/);
});
