import { describe, expect, test, vi } from "vitest";
import { planCharts } from "../../src/release/publish-charts.ts";
import { startCommand } from "../support/command.ts";
import { fakeEcr } from "../support/fake-ecr.ts";
import { fakeRegistry } from "../support/fake-registry.ts";
import { releaseTools } from "../support/release.ts";

const ECR = { account: "123456789012", region: "eu-west-1", fips: false, dualStack: false, path: "team" };
const titles = (request: Parameters<typeof planCharts>[0]) => planCharts(request).map(({ title }) => title);

describe("the plan", () => {
  test("has each chart, with the commit in its version", () => {
    expect(titles({ registry: "ghcr.io/ada", revision: "abc", ecr: undefined })).toEqual([
      "Push oci://ghcr.io/ada/charts/echo-backend 1.0.0+abc",
      "Push oci://ghcr.io/ada/charts/echo-frontend 1.0.0+abc",
      "Push oci://ghcr.io/ada/charts/echo-traffic 1.0.0+abc",
    ]);
  });

  test("has a repository for each chart first, if the registry is ECR", () => {
    expect(titles({ registry: "ecr.example/team", revision: "abc", ecr: ECR }).slice(0, 4)).toEqual([
      "ECR repository team/charts/echo-backend exists, with scan on push",
      "ECR repository team/charts/echo-frontend exists, with scan on push",
      "ECR repository team/charts/echo-traffic exists, with scan on push",
      "Push oci://ecr.example/team/charts/echo-backend 1.0.0+abc",
    ]);
  });
});

/** The tools of a clean commit. */
const tools = () =>
  releaseTools({ without: ["docker"], git: [{ when: "describe", stdout: "0123456789ab" }] });

describe("publish:charts", () => {
  test("packages each chart and pushes it, without docker", async () => {
    const { name } = await fakeRegistry({});
    const { calls, leftBehind } = tools();
    const { exitCode, stdout, stderr } = await startCommand("publish:charts", "--registry", `${name}/Ada`);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`Push oci://${name}/ada/charts/echo-traffic 1.0.0+0123456789ab: pushed`);
    const helms = calls().filter(({ tool }) => tool === "helm");
    expect(helms.filter(({ args }) => args[0] === "package").map(({ args }) => args.slice(2, 4))).toEqual(
      Array.from({ length: 3 }, () => ["--version", "1.0.0+0123456789ab"]),
    );
    expect(helms.filter(({ args }) => args[0] === "push").map(({ args }) => args)).toEqual(
      ["echo-backend", "echo-frontend", "echo-traffic"].map((chart) => [
        "push",
        expect.stringMatching(new RegExp(String.raw`/${chart}-1\.0\.0\+0123456789ab\.tgz$`)),
        `oci://${name}/ada/charts`,
        "--plain-http",
      ]),
    );
    expect(leftBehind()).toEqual([]);
  });

  test("leaves a chart alone that this commit has published already", async () => {
    const { name } = await fakeRegistry({ "charts/echo-backend": { "1.0.0_0123456789ab": "chart" } });
    const { calls } = tools();
    const { exitCode, stdout, stderr } = await startCommand("publish:charts", "--registry", name);
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`Push oci://${name}/charts/echo-backend 1.0.0+0123456789ab: unchanged`);
    expect(calls().filter(({ args }) => args[0] === "push")).toHaveLength(2);
  });

  test("pushes to a registry that refuses to read what does not exist yet", async () => {
    const { name } = await fakeRegistry({}, "token of a user");
    tools();
    const { exitCode, stdout } = await startCommand("publish:charts", "--registry", name);
    expect(exitCode).toBe(0);
    expect(stdout.match(/: pushed$/gm)).toHaveLength(3);
  });

  test("gives helm a login to ECR of its own, which nothing else shows, and removes it", async () => {
    const { name } = await fakeRegistry({}, "basic");
    await fakeEcr({
      GetAuthorizationToken: {
        authorizationData: [{ authorizationToken: Buffer.from("AWS:secret").toString("base64") }],
      },
    });
    vi.stubEnv("AWS_REGION", "eu-west-1");
    const { calls, leftBehind } = tools();
    const { exitCode, stdout, stderr } = await startCommand("publish:charts", "--registry", name);
    expect(exitCode, stderr).toBe(0);
    const pushes = calls().filter(({ args }) => args[0] === "push");
    expect(new Set(pushes.map(({ env }) => env.HELM_REGISTRY_CONFIG))).toEqual(
      new Set([expect.stringMatching(/\/tmp\/echo-\w+-\d+-\w+\/registry\.json$/)]),
    );
    expect(stdout + stderr + JSON.stringify(calls().map(({ args, env }) => [args, env]))).not.toContain(
      "secret",
    );
    expect(leftBehind()).toEqual([]);
  });

  test("reports everything that is missing, and pushes nothing", async () => {
    releaseTools({ without: ["helm"] });
    vi.stubEnv("EKS_ECR_REGISTRY", "");
    const { exitCode, stderr } = await startCommand("publish:charts");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/nothing was changed:[^]*helm is not installed[^]*no registry is set/);
  });
});
