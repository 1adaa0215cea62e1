import { beforeAll, describe, expect, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { workload } from "../src/domain/workload.ts";
import { deploy } from "../src/release/deploy.ts";
import { cli, cliWith, inNamespace } from "./support/commands.ts";
import { whilePodsFit } from "./support/scheduling.ts";
import { prepare, setValues } from "./support/state.ts";
import { cluster, curl, registry, url } from "./support/system.ts";
import { shiftTo, weights } from "./support/traffic.ts";

/** The release is rolled back after this time: long enough for a slow node to try to pull the image. */
const READY_TIMEOUT_SECONDS = 30;
const BLUE = workload("echo-backend", "blue");

beforeAll(() => prepare());

describe("changes nothing", () => {
  test("and names everything that is missing when the preflight fails", async () => {
    const before = await cluster.helm.list();
    const result = await cliWith(inNamespace(["release:blue", "--context", "nowhere"]), {
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
    expect(await cluster.helm.list()).toEqual(before);
  });

  test("and prints the plan with --dry-run", async () => {
    const before = await cluster.helm.list();
    const { exitCode, stdout } = await cli("release:blue", "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Build and push ${registry}/echo-backend:11.0`);
    expect(await cluster.helm.list()).toEqual(before);
  });
});

test("rolls back and gives the cluster's reason when a release does not become ready", async () => {
  const digest = `sha256:${"0".repeat(64)}`;
  const upgrade = {
    release: BLUE.name,
    chart: chartPath("echo-backend"),
    values: { registry, color: "blue", version: "11.0", digest },
  };
  const deploying = whilePodsFit((signal) =>
    deploy(upgrade, cluster, { timeoutSeconds: READY_TIMEOUT_SECONDS, signal }),
  );
  await expect(deploying).rejects.toThrow(/the previous version is back[\s\S]*pull/i);
  expect(await curl(url(BLUE.name))).toEqual(['{"version":"11.0"}']);
});

describe("the traffic", () => {
  test("protects the live colour: a release that replaces its pods needs --yes", async () => {
    expect(await weights()).toEqual({ blue: 100, green: 0 });
    await setValues(BLUE, "digest=");
    const refused = await cli("release:blue");
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("echo-backend-blue has traffic now");
    const { exitCode, stderr } = await cli("release:blue", "--yes");
    expect(exitCode, stderr).toBe(0);
  });

  test("stays where it is when the other colour, or everything, is released", async () => {
    await shiftTo("green");
    for (const command of ["release:blue", "release"]) {
      const { exitCode, stderr } = await cli(command, "--yes");
      expect(exitCode, stderr).toBe(0);
      expect(await weights()).toEqual({ blue: 0, green: 100 });
    }
  });
});
