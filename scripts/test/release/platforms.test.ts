import { describe, expect, test } from "vitest";
import { startCommand } from "../support/command.ts";
import { DIGEST, nodes, releaseTools } from "../support/release.ts";
import type { Answer, Call } from "../support/tools.ts";

const FORBIDDEN: Answer = {
  when: "get nodes",
  stderr:
    'Error from server (Forbidden): nodes is forbidden: User "student" cannot list resource "nodes" in API group "" at the cluster scope',
  exitCode: 1,
};
const NODES = (...architectures: string[]): Answer => ({
  when: "get nodes",
  stdout: nodes(...architectures),
});
const BUILDER = (platforms: string): Answer => ({
  when: "buildx inspect",
  stdout: `Name:      default\nDriver:    docker\n\nNodes:\nPlatforms: ${platforms}`,
});
const BOTH = BUILDER("linux/amd64*, linux/amd64/v2, linux/arm64*");

function release(...args: string[]) {
  return startCommand("release:blue", "--registry", "registry.example", "--yes", ...args);
}

/** The platform of each build; undefined for the builder's own. */
function builtPlatforms(calls: readonly Call[]): (string | undefined)[] {
  const builds = calls.filter(({ args }) => args.join(" ").startsWith("buildx build "));
  return builds.map(({ args }) =>
    args.includes("--platform") ? args[args.indexOf("--platform") + 1] : undefined,
  );
}

describe("an image is built for", () => {
  test("the platform of the nodes", async () => {
    const { calls } = releaseTools({ kubectl: [NODES("arm64")], docker: [BOTH] });
    const { exitCode, stdout, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    expect(builtPlatforms(calls())).toEqual(["linux/arm64"]);
    expect(stdout).toContain("Build and push registry.example/echo-backend:11.0 for linux/arm64");
  });

  test("each platform of mixed nodes, and an index of them is deployed", async () => {
    const index = `sha256:${"b".repeat(64)}`;
    const { calls } = releaseTools({
      kubectl: [NODES("amd64", "arm64")],
      docker: [
        BOTH,
        { when: "imagetools create" },
        { when: "imagetools inspect", stderr: "ERROR: not found", exitCode: 1, once: true },
        { when: "imagetools inspect", stdout: JSON.stringify({ digest: index }) },
      ],
    });
    const { exitCode, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    expect(builtPlatforms(calls())).toEqual(["linux/amd64", "linux/arm64"]);
    const image = "registry.example/echo-backend:11.0";
    const docker = calls().map(({ args }) => args.join(" "));
    expect(docker.filter((line) => line.startsWith("push "))).toEqual([
      `push ${image}-amd64`,
      `push ${image}-arm64`,
    ]);
    expect(docker).toContain(`buildx imagetools create --tag ${image} ${image}@${DIGEST} ${image}@${DIGEST}`);
    expect(docker.some((line) => line.includes(`digest=${index}`))).toBe(true);
  });

  test("the builder's own platform without the right to list nodes, with a warning", async () => {
    const { calls } = releaseTools({ kubectl: [FORBIDDEN] });
    const { exitCode, stderr } = await release();
    expect(exitCode, stderr).toBe(0);
    expect(builtPlatforms(calls())).toEqual([undefined]);
    expect(stderr).toContain("may not list the nodes");
    expect(stderr).toContain("use --platform linux/amd64.");
  });

  test("the platform of --platform without the right to list nodes, without a warning", async () => {
    const { calls } = releaseTools({ kubectl: [FORBIDDEN], docker: [BOTH] });
    const { exitCode, stderr } = await release("--platform", "linux/arm64");
    expect(exitCode, stderr).toBe(0);
    expect(builtPlatforms(calls())).toEqual(["linux/arm64"]);
    expect(stderr).not.toContain("list the nodes");
  });

  test("fewer platforms than the nodes have with --platform, with a warning", async () => {
    const { calls } = releaseTools({ kubectl: [NODES("amd64", "arm64")], docker: [BOTH] });
    const { exitCode, stderr } = await release("--platform", "linux/amd64");
    expect(exitCode, stderr).toBe(0);
    expect(builtPlatforms(calls())).toEqual(["linux/amd64"]);
    expect(stderr).toContain("do not run on the nodes with linux/arm64");
  });
});

const untouched = (calls: readonly Call[]) => {
  expect(builtPlatforms(calls)).toEqual([]);
  expect(calls.filter(({ args }) => args.includes("upgrade"))).toEqual([]);
};

describe("nothing is built, and nothing changes", () => {
  test.each([[[]], [["--dry-run"]]])(
    "if the builder cannot produce the platform, and the command that enables it is shown: %j",
    async (args) => {
      const { calls } = releaseTools({
        kubectl: [NODES("arm64")],
        docker: [BUILDER("linux/amd64, linux/386")],
      });
      const { exitCode, stderr } = await release(...args);
      expect(exitCode).toBe(1);
      expect(stderr).toContain("cannot build for linux/arm64, only for linux/amd64, linux/386");
      expect(stderr).toContain("docker run --privileged --rm tonistiigi/binfmt --install arm64");
      untouched(calls());
    },
  );

  test("if no node has the platform of --platform", async () => {
    const { calls } = releaseTools({ kubectl: [NODES("amd64")], docker: [BOTH] });
    const { exitCode, stderr } = await release("--platform", "linux/arm64");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Invalid --platform linux/arm64: the cluster's nodes have linux/amd64.");
    untouched(calls());
  });

  test.each(["arm64", "linux/arm64,", "windows/amd64", ""])("if --platform is %j", async (text) => {
    const { calls } = releaseTools();
    const { exitCode, stderr } = await release("--platform", text);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `Invalid --platform ${JSON.stringify(text)}: expected platforms of Linux, separated by commas, such as linux/amd64,linux/arm64.`,
    );
    expect(calls()).toEqual([]);
  });
});
