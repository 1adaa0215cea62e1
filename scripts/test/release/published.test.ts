import { describe, expect, test, vi } from "vitest";
import { startCommand } from "../support/command.ts";
import { digestOf, fakeRegistry, LOGIN } from "../support/fake-registry.ts";
import { nodes, releaseTools } from "../support/release.ts";

const IMAGES = {
  "ada/echo-backend": { "9.0": "nine", "11.0": "eleven", "12.0": "twelve", "sha256-abc.sig": "signature" },
  "ada/echo-frontend": { "2.0": "two" },
};

/** The words of helm's upgrades. */
const upgrades = (calls: ReturnType<typeof releaseTools>["calls"]) =>
  calls().flatMap(({ tool, args }) => (tool === "helm" && args.includes("--wait") ? [args.join(" ")] : []));

/** Runs a release that must be refused. @returns its error */
async function refused(from: string, ...args: string[]): Promise<string> {
  const { calls } = releaseTools({ without: ["docker"] });
  const result = await startCommand("release", "--from", from, "--yes", ...args);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(upgrades(calls)).toEqual([]);
  return result.stderr;
}

describe("release --from", () => {
  test("deploys each published image by its digest, without docker or cosign", async () => {
    const { name } = await fakeRegistry(IMAGES, "token");
    const { calls } = releaseTools({ without: ["docker"], version: "11.0" });
    const { exitCode, stdout, stderr } = await startCommand("release:blue", "--from", `${name}/Ada`, "--yes");
    expect(exitCode, stderr).toBe(0);
    const image = `${name}/ada/echo-backend:11.0`;
    expect(stdout).toContain(`Use the published image ${image}: ${digestOf("eleven")}`);
    expect(upgrades(calls)).toEqual([
      expect.stringMatching(new RegExp(`registry=${name}/ada .*digest=${digestOf("eleven")}`)),
    ]);
  });

  test("does the same for everything", async () => {
    const { name } = await fakeRegistry(IMAGES);
    releaseTools({ without: ["docker"] });
    const { exitCode, stdout, stderr } = await startCommand("release", "--from", `${name}/ada`, "--dry-run");
    expect(exitCode, stderr).toBe(0);
    expect(stdout.match(/Use the published image \S+/g)).toEqual([
      `Use the published image ${name}/ada/echo-backend:11.0`,
      `Use the published image ${name}/ada/echo-backend:12.0`,
      `Use the published image ${name}/ada/echo-frontend:2.0`,
    ]);
    expect(stdout).not.toMatch(/Build|Sign|Log in/);
  });

  test("does not use EKS_ECR_REGISTRY, even an invalid one", async () => {
    const { name } = await fakeRegistry(IMAGES);
    releaseTools({ without: ["docker"] });
    vi.stubEnv("EKS_ECR_REGISTRY", "https://registry.example");
    const { exitCode, stderr } = await startCommand("release:green", "--from", `${name}/ada`, "--dry-run");
    expect(exitCode, stderr).toBe(0);
  });

  describe("changes nothing", () => {
    test("and names each version that the registry lacks, and those that it has", async () => {
      const { name } = await fakeRegistry({
        "ada/echo-backend": { ...IMAGES["ada/echo-backend"], "12.0": "twelve" },
      });
      const { name: older } = await fakeRegistry({
        "ada/echo-backend": { "9.0": "", "10.0": "", "sha256-abc.sig": "" },
      });
      expect(await refused(`${name}/ada`)).toContain(
        `Not started, nothing was changed:\n  ✗ ${name}/ada/echo-frontend has no version 2.0: it has none\n`,
      );
      expect(await refused(`${older}/ada`)).toContain(
        `${older}/ada/echo-backend has no version 11.0: it has 9.0, 10.0; ${older}/ada/echo-backend has no version 12.0: it has 9.0, 10.0; `,
      );
    });

    test("and says how to log in if the registry refuses", async () => {
      const { name } = await fakeRegistry(IMAGES, "token of a user");
      const error = await refused(`${name}/ada`);
      expect(error).toContain(
        `${name} refuses to read ${name}/ada/echo-backend: it does not exist, or it needs a login`,
      );
      expect(error).toContain(`log in: helm registry login ${name}`);
    });

    test("and does not print the password if the registry refuses it", async () => {
      const { name } = await fakeRegistry(IMAGES, "basic");
      const auth = Buffer.from("eve:open-sesame").toString("base64");
      vi.stubEnv("DOCKER_CONFIG", "/nowhere");
      const { calls } = releaseTools({ without: ["docker"], logins: { [name]: { auth } } });
      const { exitCode, stdout, stderr } = await startCommand("release", "--from", `${name}/ada`, "--yes");
      expect(exitCode).toBe(1);
      expect(stderr).toContain("the user eve may not read it");
      expect(stdout + stderr + JSON.stringify(calls().map(({ args }) => args))).not.toContain("open-sesame");
    });

    test("and names a registry that is not reachable, together with everything else that is missing", async () => {
      releaseTools({ without: ["docker", "helm"] });
      const { exitCode, stderr } = await startCommand("release", "--from", "127.0.0.1:1", "--yes");
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/helm is not installed[^]*127\.0\.0\.1:1 is not reachable: .*ECONNREFUSED/);
    });

    test.each([
      [["--registry", "registry.example"], "--registry"],
      [["--recreate"], "--recreate"],
      [["--no-sign"], "--no-sign"],
    ])("with %j, which has no effect", async (args, option) => {
      expect(await refused("registry.example", ...args)).toContain(
        `Invalid option ${option}: it has no effect with --from.`,
      );
    });

    test.each(["https://ghcr.io/ada", "ghcr.io/ada/$(id)", "--help", ""])(
      "with the registry %j",
      async (from) => {
        expect(await refused(from)).toMatch(
          /Invalid --from .*: expected a host with an optional port and path/,
        );
      },
    );
  });
});

/** An image for these architectures. */
const imageFor = (...architectures: string[]) =>
  JSON.stringify({
    manifests: architectures.map((architecture) => ({ platform: { os: "linux", architecture } })),
  });

/** Releases blue from a registry whose image is for `image`, on nodes of `architectures`. */
async function releaseOn(image: string[], ...architectures: string[]) {
  const { name } = await fakeRegistry({ "ada/echo-backend": { "11.0": imageFor(...image) } });
  const { calls } = releaseTools({
    without: ["docker"],
    kubectl: [{ when: "get nodes", stdout: nodes(...architectures) }],
  });
  const { exitCode, stderr } = await startCommand("release:blue", "--from", `${name}/ada`, "--yes");
  return { exitCode, stderr, name: `${name}/ada/echo-backend:11.0`, upgrades: upgrades(calls) };
}

describe("the platforms of a published image", () => {
  test("must have one of a node, or nothing changes", async () => {
    const { exitCode, stderr, name, upgrades: done } = await releaseOn(["arm64", "s390x"], "amd64");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `${name} is for linux/arm64 and linux/s390x, but the cluster's nodes have linux/amd64`,
    );
    expect(stderr).toContain("pnpm publish:images");
    expect(done).toEqual([]);
  });

  test("may lack those of some nodes, with a warning", async () => {
    const { exitCode, stderr, name, upgrades: done } = await releaseOn(["amd64"], "amd64", "arm64");
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain(`${name} does not run on the nodes with linux/arm64.`);
    expect(done).toHaveLength(1);
  });
});

test("a login of the user reads a private image", async () => {
  const { name } = await fakeRegistry(IMAGES, "token of a user");
  const auth = Buffer.from(`${LOGIN.user}:${LOGIN.password}`).toString("base64");
  releaseTools({ without: ["docker"], logins: { [name]: { auth } } });
  const { exitCode, stderr } = await startCommand("release", "--from", `${name}/ada`, "--dry-run");
  expect(exitCode, stderr).toBe(0);
});
