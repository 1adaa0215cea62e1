import { describe, expect, test } from "vitest";
import { ROOT } from "../../src/lib/paths.ts";
import { startCommand } from "../support/command.ts";
import { DIGEST, releaseTools } from "../support/release.ts";
import type { Answer } from "../support/tools.ts";

const REGISTRY = "ghcr.io/ada";
const IMAGES = ["echo-backend:11.0", "echo-backend:12.0", "echo-frontend:2.0"].map(
  (name) => `${REGISTRY}/${name}`,
);
const METADATA = Object.fromEntries(
  IMAGES.map((image) => [image, { "image.name": image, "containerimage.digest": DIGEST }]),
);
const BAKED: Answer = { when: "bake", metadata: JSON.stringify(METADATA) };

/** A builder for both platforms. */
const BUILDER: Answer = {
  when: "buildx inspect",
  stdout: "Name: own\nDriver: docker-container\nPlatforms: linux/amd64*, linux/arm64",
};

const publish = (...args: string[]) => startCommand("publish:images", "--registry", REGISTRY, ...args);

describe("publish:images", () => {
  test("builds all images for both platforms with SBOM and provenance, pushes them, and signs each by its digest", async () => {
    const { calls, leftBehind } = releaseTools({
      docker: [BUILDER, BAKED],
      cosign: [],
      git: [{ when: "describe", stdout: "0123456789ab" }],
    });
    const { exitCode, stdout, stderr } = await publish();
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(
      `Build and push ${IMAGES.join(", ")} for amd64 and arm64, with SBOM and provenance: pushed`,
    );
    const bake = calls().find(({ args }) => args[1] === "bake");
    expect(bake?.args).toEqual([
      ...["buildx", "bake", "--file", "services/versions.json", "--file", "docker/docker-bake.hcl"],
      ...["--push", "--progress", "plain", "--sbom=true", "--provenance=mode=max"],
      ...["--metadata-file", expect.stringMatching(/metadata\.json$/)],
    ]);
    expect(bake).toMatchObject({ cwd: ROOT.slice(0, -1), env: { REGISTRY, REVISION: "0123456789ab" } });
    const signed = calls().filter(({ tool, args }) => tool === "cosign" && args[0] === "sign");
    expect(signed.map(({ args }) => args.at(-1))).toEqual(IMAGES.map((image) => `${image}@${DIGEST}`));
    const attested = calls().filter(({ tool, args }) => tool === "cosign" && args[0] === "attest");
    expect(attested.map(({ args }) => args.at(-1))).toEqual(IMAGES.map((image) => `${image}@${DIGEST}`));
    expect(
      calls().flatMap(({ tool, args }) => (tool === "docker" && args[0] === "create" ? args.slice(1) : [])),
    ).toEqual(IMAGES.map((image) => `${image}@${DIGEST}`));
    expect(leftBehind()).toEqual([]);
  });

  test("ends with docker's reason if the build fails, and signs nothing", async () => {
    const bake: Answer = { when: "bake", stderr: "ERROR: failed to push", exitCode: 1 };
    const { calls } = releaseTools({ docker: [BUILDER, bake], cosign: [] });
    const result = await publish();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(/docker buildx bake[^]*failed to push[^]*not done: Sign /);
    expect(calls().filter(({ args }) => args[0] === "sign")).toEqual([]);
  });

  test("builds nothing if the builder cannot build for both platforms, and prints what enables it", async () => {
    const { calls } = releaseTools({ cosign: [] });
    const { exitCode, stderr } = await publish();
    expect(exitCode).toBe(1);
    expect(stderr).toContain("cannot build for linux/arm64, only for linux/amd64, linux/386");
    expect(stderr).toContain("docker run --privileged --rm tonistiigi/binfmt --install arm64");
    expect(calls().filter(({ args }) => args.includes("bake"))).toEqual([]);
  });

  test.each([
    ['[["driver-type","io.containerd.snapshotter.v1"]]', 0, ""],
    [
      '[["Backing Filesystem","extfs"]]',
      1,
      "cannot build for several platforms at once\n    Create one that can, and use it: docker buildx create --use",
    ],
  ])("needs the containerd image store if the builder is the engine's own: %s", async (info, code, error) => {
    const builder = { ...BUILDER, stdout: "Driver: docker\nPlatforms: linux/amd64, linux/arm64" };
    releaseTools({ docker: [builder, { when: "info", stdout: info }], cosign: [] });
    const { exitCode, stderr } = await publish("--dry-run");
    expect(exitCode, stderr).toBe(code);
    expect(stderr).toContain(error);
  });

  test("builds only the backend with --version", async () => {
    const image = `${REGISTRY}/echo-backend:13.0`;
    const metadata = JSON.stringify({ blue: { "image.name": image, "containerimage.digest": DIGEST } });
    const { calls } = releaseTools({ docker: [BUILDER, { when: "bake", metadata }], cosign: [] });
    const { exitCode, stdout, stderr } = await publish("--version", "13.0");
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toContain(`Build and push ${image} for amd64 and arm64`);
    const bake = calls().find(({ args }) => args[1] === "bake");
    expect(bake?.args.at(-1)).toBe("blue");
    expect(bake?.env).toMatchObject({ BLUE_VERSION: "13.0" });
    const signed = calls().filter(({ tool, args }) => tool === "cosign" && args[0] === "sign");
    expect(signed.map(({ args }) => args.at(-1))).toEqual([`${image}@${DIGEST}`]);
  });

  test("rejects a version that is no image tag before any tool is called", async () => {
    const { calls } = releaseTools();
    const { exitCode, stderr } = await publish("--version", "13 0");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Invalid --version "13 0": expected an image tag');
    expect(calls()).toEqual([]);
  });

  test("needs no cluster for its plan, which changes nothing", async () => {
    const { calls } = releaseTools({ docker: [BUILDER], without: ["helm"], cosign: [] });
    const { exitCode, stdout } = await publish("--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1\. Build and push [^]*2\. Sign .*echo-backend:11\.0 and attest its SBOM/);
    expect(calls().filter(({ args }) => args.includes("bake"))).toEqual([]);
    expect((await publish("--dry-run", "--no-sign")).stdout).not.toContain("Sign");
  });
});
