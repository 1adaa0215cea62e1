import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { waitFor } from "../../src/lib/wait.ts";
import { startCommand } from "../support/command.ts";
import { fakeEcr } from "../support/fake-ecr.ts";
import { DIGEST, releaseTools } from "../support/release.ts";
import type { Answer, Call } from "../support/tools.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const PASSWORD = "pass-word-of-twelve-hours";
const TOKEN = Buffer.from(`AWS:${PASSWORD}`).toString("base64");

async function ecrRelease(docker: Answer[] = [], cosign?: Answer[]) {
  await fakeEcr({ GetAuthorizationToken: { authorizationData: [{ authorizationToken: TOKEN }] } });
  return releaseTools({ docker, ...(cosign && { cosign }) });
}

function release(...args: string[]) {
  return startCommand("release:blue", "--registry", REGISTRY, "--yes", ...args);
}

/** The arguments, environment variables and outputs that contain a secret. */
function leaks(calls: readonly Call[], ...outputs: string[]): string[] {
  const seen = calls.flatMap(({ args, env }) => [...args, ...Object.values(env)]);
  return [...seen, ...outputs].filter((text) => text.includes(PASSWORD) || text.includes(TOKEN));
}

describe("ECR's password", () => {
  test("goes to docker over stdin, once, and appears nowhere else", async () => {
    const { calls } = await ecrRelease();
    const { exitCode, stdout, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    expect(leaks(calls(), stdout, stderr)).toEqual([]);
    const received = calls().filter(({ stdin }) => stdin.includes(PASSWORD));
    expect(received.map(({ tool, args }) => `${tool} ${args.join(" ")}`)).toEqual([
      `docker login --username AWS --password-stdin ${REGISTRY}`,
    ]);
  });

  test("is not requested for a plan, and the plan does not show it", async () => {
    const { calls } = await ecrRelease();
    const { exitCode, stdout, stderr } = await release("--dry-run");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`Log in to ${REGISTRY}`);
    expect(leaks(calls(), stdout, stderr)).toEqual([]);
    expect(calls().filter(({ args }) => args[0] === "login")).toEqual([]);
  });

  test("is not in the error when the registry refuses the login", async () => {
    const { calls, leftBehind } = await ecrRelease([
      { when: "login", stderr: "Error response from daemon: unauthorized", exitCode: 1 },
    ]);
    const { exitCode, stdout, stderr } = await release();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/exit code 1: docker login .*\n.*unauthorized/);
    expect(leaks(calls(), stdout, stderr)).toEqual([]);
    expect(leftBehind()).toEqual([]);
  });
});

describe("the login", () => {
  test("is stored apart from the user's own configuration, and removed afterwards", async () => {
    const { calls, usersConfig, leftBehind } = await ecrRelease();
    const before = readFileSync(join(usersConfig, "config.json"), "utf8");
    const { exitCode, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    const folders = new Set(
      calls()
        .filter(({ tool, args }) => tool === "docker" && /^(login|push|buildx build)/.test(args.join(" ")))
        .map(({ env }) => env.DOCKER_CONFIG),
    );
    expect(folders.size).toBe(1);
    expect([...folders]).not.toContain(usersConfig);
    expect(leftBehind()).toEqual([]);
    expect(readFileSync(join(usersConfig, "config.json"), "utf8")).toBe(before);
  });

  test("has the user's other logins and contexts, is not in a keychain, and only this user can read it", async () => {
    await ecrRelease([{ when: "push", effect: "print the configuration", exitCode: 1 }]);
    const { stderr } = await release();
    const found = JSON.parse(/^\{.*\}$/m.exec(stderr)?.[0] ?? "");
    expect(found).toEqual({
      mode: "700",
      names: ["config.json", "contexts"],
      config: {
        auths: { "other.example": { auth: "b3RoZXI=" }, [REGISTRY]: { auth: TOKEN } },
        credsStore: "keychain",
        credHelpers: { [REGISTRY]: "" },
      },
    });
  });

  test("is removed after a push that fails, and nothing is deployed", async () => {
    const { calls, leftBehind } = await ecrRelease([{ when: "push", stderr: "denied", exitCode: 1 }]);
    const { exitCode, stderr } = await release();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/exit code 1: docker push .*\ndenied\n[^]*not done: Deploy echo-backend-blue/);
    expect(calls().filter(({ args }) => args.includes("--wait"))).toEqual([]);
    expect(leftBehind()).toEqual([]);
  });

  test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("is removed after %s during a push", async (signal) => {
    const { calls, leftBehind } = await ecrRelease([{ when: "push", effect: "hang" }]);
    const releasing = release();
    const pushing = () =>
      Promise.resolve(calls().some(({ args }) => args[0] === "push") ? leftBehind() : undefined);
    expect(await waitFor(pushing, { timeoutMs: 30_000, intervalMs: 50 })).toHaveLength(1);
    releasing.kill(signal);
    const { exitCode, stderr } = await releasing;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/Interrupted[^]*not done: Build and push [^]*not done: Deploy echo-backend-blue/);
    expect(leftBehind()).toEqual([]);
  });

  test("is removed by the next command after kill -9, whatever that command is", async () => {
    const { calls, leftBehind } = await ecrRelease([{ when: "push", effect: "hang" }]);
    const releasing = release();
    const pushing = () => Promise.resolve(calls().find(({ args }) => args[0] === "push"));
    expect(await waitFor(pushing, { timeoutMs: 30_000, intervalMs: 50 })).toBeDefined();
    expect((await startCommand("--help")).exitCode).toBe(0);
    expect(leftBehind()).toHaveLength(1);
    releasing.kill("SIGKILL");
    await releasing;
    expect(leftBehind()).toHaveLength(1);
    expect((await startCommand("--help")).exitCode).toBe(0);
    expect(leftBehind()).toEqual([]);
  });

  test("is in a folder that docker's plugins do not write to: they outlive docker", async () => {
    const { calls, usersConfig } = await ecrRelease();
    expect((await release()).exitCode).toBe(0);
    const builds = calls().filter(({ args }) => args.join(" ").startsWith("buildx "));
    const states = builds
      .filter(({ env }) => env.DOCKER_CONFIG !== usersConfig)
      .map(({ env }) => env.BUILDX_CONFIG);
    expect(new Set(states)).toEqual(new Set([join(usersConfig, "buildx")]));
  });

  test("of the user is used for any other registry", async () => {
    const { calls, usersConfig } = releaseTools();
    const { exitCode, stderr } = await startCommand(
      "release:blue",
      "--registry",
      "registry.example",
      "--yes",
    );
    expect(exitCode, stderr).toBe(0);
    const pushes = calls().filter(({ args }) => args[0] === "push");
    expect(pushes.map(({ env }) => env.DOCKER_CONFIG)).toEqual([usersConfig]);
    expect(calls().filter(({ args }) => args[0] === "login")).toEqual([]);
  });
});

describe("cosign", () => {
  const image = `${REGISTRY}/echo-backend:11.0`;

  test("signs the pushed image and attests its SBOM, with the same login", async () => {
    const { calls, leftBehind } = await ecrRelease([], []);
    const { exitCode, stdout, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`Sign ${image} and attest its SBOM: signed`);
    const signing = calls().filter(({ tool, args }) => tool === "cosign" && args[0] !== "version");
    expect(signing.map(({ args }) => args)).toEqual([
      ["sign", "--yes", `${image}@${DIGEST}`],
      [
        ...["attest", "--yes", "--replace", "--type", "cyclonedx", "--predicate"],
        expect.stringMatching(/sbom\.cdx\.json$/),
        `${image}@${DIGEST}`,
      ],
    ]);
    const push = calls().find(({ args }) => args[0] === "push");
    for (const { env } of signing) expect(env.DOCKER_CONFIG).toBe(push?.env.DOCKER_CONFIG);
    expect(calls().map(({ args }) => args.join(" "))).toContain("rm container-1");
    expect(leftBehind()).toEqual([]);
  });

  test("is in the plan only if it is installed, and not with --no-sign", async () => {
    await ecrRelease([], []);
    expect((await release("--dry-run")).stdout).toContain(`Sign ${image}`);
    expect((await release("--dry-run", "--no-sign")).stdout).not.toContain("Sign");
    await ecrRelease();
    expect((await release("--dry-run")).stdout).not.toContain("Sign");
  });

  test("ends the release before anything is deployed if it fails", async () => {
    const { calls } = await ecrRelease([], [{ when: "sign", stderr: "no identity", exitCode: 1 }]);
    const { exitCode, stderr } = await release();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /exit code 1: cosign sign .*\nno identity\n[^]*not done: Deploy echo-backend-blue/,
    );
    expect(calls().filter(({ args }) => args.includes("--wait"))).toEqual([]);
  });
});

test("--recreate is rejected for a registry without ECR repositories, before anything is built", async () => {
  const { calls } = releaseTools();
  const { exitCode, stderr } = await startCommand(
    "release:blue",
    "--registry",
    "localhost:5000",
    "--recreate",
  );
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Invalid option --recreate: it has no effect with localhost:5000");
  expect(calls().filter(({ args }) => args.includes("buildx") && args.includes("build"))).toEqual([]);
});
