import { describe, expect, test, vi } from "vitest";
import { startCommand } from "../support/command.ts";
import { fakeEcr } from "../support/fake-ecr.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

/** The lease of a shift that `holder` renewed so many seconds ago. */
function lease(holderIdentity = "", secondsAgo = 0): Answer {
  const renewTime = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const spec = { holderIdentity, renewTime, leaseDurationSeconds: 45 };
  const metadata = { name: "echo-traffic", resourceVersion: "1" };
  return { when: "get lease echo-traffic", stdout: JSON.stringify({ metadata, spec }) };
}

const LEASE = lease();
const installed = (name: string) => ({ name, revision: "1", status: "deployed", chart: "any-1.0.0" });
const RELEASES = JSON.stringify(["echo-backend-blue", "echo-traffic", "someone-elses"].map(installed));
const NO_PODS: Answer = { when: "get pods", stdout: '{"items":[]}' };

/** @returns the exit code, and what was removed */
async function undeploy({
  releases = RELEASES,
  kubectl = [LEASE],
  args = [],
}: { releases?: string; kubectl?: Answer[]; args?: string[] } = {}) {
  const calls = fixtureTools({
    helm: [{ when: " list ", stdout: releases }],
    kubectl: [...kubectl, NO_PODS],
  });
  const { exitCode, stdout, stderr } = await startCommand("undeploy", "--yes", ...args);
  const removed = calls().flatMap(({ args: words }) => {
    const at = words.findIndex((word) => word === "uninstall" || word === "delete");
    return at === -1 ? [] : [words.slice(at + 1).join(" ")];
  });
  return { exitCode, stdout, stderr, removed, calls };
}

const EVENTS_AND_LEASE = [
  "events -n demos --field-selector source=pnpm-shift",
  "lease echo-traffic -n demos --ignore-not-found",
];

test("removes its own releases, and the lease and the events of the shifts, and nothing else", async () => {
  const { exitCode, removed, stderr } = await undeploy();
  expect(exitCode, stderr).toBe(0);
  expect(removed).toEqual(["echo-backend-blue --wait", "echo-traffic --wait", ...EVENTS_AND_LEASE]);
});

test("removes the lease of a release that helm alone has removed", async () => {
  const { exitCode, removed } = await undeploy({ releases: "[]" });
  expect(exitCode).toBe(0);
  expect(removed).toEqual(EVENTS_AND_LEASE);
});

test("removes the pod of a failed helm test, which helm keeps", async () => {
  const metadata = { name: "echo-backend-blue-test" };
  const pods = { when: "get pods", stdout: JSON.stringify({ items: [{ metadata }] }) };
  const { removed, stdout, calls } = await undeploy({ releases: "[]", kubectl: [pods] });
  expect(removed).toEqual(["pod echo-backend-blue-test -n demos --ignore-not-found"]);
  expect(stdout).toContain("✔ Remove the pod echo-backend-blue-test of helm test: removed");
  const selector = "app.kubernetes.io/part-of=echo,app.kubernetes.io/component=test";
  expect(calls().some(({ args }) => args.includes("pods") && args.includes(selector))).toBe(true);
});

test("refuses as long as a shift runs, and removes nothing", async () => {
  const running = await undeploy({ kubectl: [lease("ada@host/1234", 5)] });
  expect(running.exitCode).toBe(1);
  expect(running.stderr).toContain(
    "ada@host is shifting traffic in namespace demos now. Nothing was removed.",
  );
  expect(running.removed).toEqual([]);
  const crashed = await undeploy({ kubectl: [lease("ada@host/1234", 60)] });
  expect(crashed.exitCode, crashed.stderr).toBe(0);
  expect(crashed.removed).toEqual(["echo-backend-blue --wait", "echo-traffic --wait", ...EVENTS_AND_LEASE]);
});

test.each([
  ["that a command has created is removed", { run: "jumpbox", "app.kubernetes.io/part-of": "echo" }, true],
  ["that kubectl run has created stays", { run: "jumpbox" }, false],
])("with --all, a jumpbox %s", async (_who, labels, isRemoved) => {
  vi.stubEnv("EKS_ECR_REGISTRY", "");
  const pod = { metadata: { labels }, status: { phase: "Running" } };
  const jumpbox = { when: "get pod jumpbox", stdout: JSON.stringify(pod) };
  const { exitCode, stdout, removed } = await undeploy({
    releases: "[]",
    kubectl: [jumpbox],
    args: ["--all"],
  });
  expect(exitCode).toBe(0);
  expect(removed).toEqual(isRemoved ? ["pod jumpbox -n default --ignore-not-found"] : []);
  expect(stdout).toContain(
    isRemoved
      ? "✔ Remove the pod jumpbox: removed"
      : "The pod jumpbox in namespace default stays: none of these commands has created it.",
  );
});

test("with --all, names the rights in the jumpbox's namespace that are missing, and removes nothing", async () => {
  const rights = { when: "--validate=false", stdout: "false\n".repeat(200) };
  const apis = { when: "--raw /apis", stdout: '{"groups":[]}' };
  const { exitCode, stderr, removed } = await undeploy({ kubectl: [rights, apis, LEASE], args: ["--all"] });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("this user lacks rights in namespace default: get, list, watch, delete pods");
  expect(removed).toEqual([]);
});

test("says what it has removed, and what not, if a removal fails", async () => {
  const forbidden = { when: "delete lease", stderr: "Error from server (Forbidden): no", exitCode: 1 };
  const { exitCode, stderr } = await undeploy({ kubectl: [forbidden, LEASE] });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /Forbidden[^]* done: Remove the release echo-traffic\n +not done: Remove the lease echo/,
  );
});

test("succeeds without the right to remove events", async () => {
  const stderr = 'Error from server (Forbidden): events is forbidden: User "student" cannot delete resource';
  const forbidden = { when: "delete events", stderr, exitCode: 1 };
  expect((await undeploy({ kubectl: [LEASE, forbidden] })).exitCode).toBe(0);
});

describe("with --all and ECR", () => {
  const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team";

  test("removes the repositories of the images and of the charts", async () => {
    vi.stubEnv("EKS_ECR_REGISTRY", REGISTRY);
    const operations = await fakeEcr({ DescribeRepositories: { repositories: [{}] } });
    const { exitCode, stdout, stderr } = await undeploy({ releases: "[]", kubectl: [], args: ["--all"] });
    expect(exitCode, stderr).toBe(0);
    const removed = Array.from(stdout.matchAll(/^✔ Remove the ECR repository (\S+) /gm), ([, name]) => name);
    expect(removed).toEqual([
      "team/echo-backend",
      "team/echo-frontend",
      "team/charts/echo-backend",
      "team/charts/echo-frontend",
      "team/charts/echo-traffic",
    ]);
    expect(operations.filter((name) => name === "DeleteRepository")).toHaveLength(5);
  });

  test("says nothing of repositories that do not exist", async () => {
    vi.stubEnv("EKS_ECR_REGISTRY", REGISTRY);
    await fakeEcr({ DescribeRepositories: { __type: "RepositoryNotFoundException", message: "none" } });
    const { stdout } = await undeploy({ releases: "[]", kubectl: [], args: ["--all"] });
    expect(stdout).toBe("Nothing to remove in namespace demos.");
  });

  test("removes nothing if ECR refuses the user", async () => {
    vi.stubEnv("EKS_ECR_REGISTRY", REGISTRY);
    await fakeEcr({ DescribeRepositories: { __type: "AccessDeniedException", message: "no" } });
    const { exitCode, stderr, removed } = await undeploy({ args: ["--all"] });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("AccessDeniedException: no");
    expect(removed).toEqual([]);
  });
});

test("says that there is nothing to remove", async () => {
  const { exitCode, stdout, removed } = await undeploy({ releases: "[]", kubectl: [] });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Nothing to remove in namespace demos.");
  expect(removed).toEqual([]);
});
