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

const publish = (...args: string[]) => startCommand("publish:images", "--registry", REGISTRY, ...args);

describe("publish:images", () => {
  test("builds all images for both platforms with SBOM and provenance, pushes them, and signs each by its digest", async () => {
    const { calls, leftBehind } = releaseTools({
      docker: [BAKED],
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

  test("ends with docker's reason if the builder cannot build for both platforms, and signs nothing", async () => {
    const stderr = "ERROR: Multi-platform build is not supported for the docker driver.";
    const { calls } = releaseTools({ docker: [{ when: "bake", stderr, exitCode: 1 }], cosign: [] });
    const result = await publish();
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toMatch(
      /docker buildx bake[^]*Multi-platform build is not supported[^]*not done: Sign /,
    );
    expect(calls().filter(({ args }) => args[0] === "sign")).toEqual([]);
  });

  test("needs no cluster for its plan, which changes nothing", async () => {
    const { calls } = releaseTools({ without: ["helm"], cosign: [] });
    const { exitCode, stdout } = await publish("--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1\. Build and push [^]*2\. Sign .*echo-backend:11\.0 and attest its SBOM/);
    expect(calls().filter(({ args }) => args.includes("bake"))).toEqual([]);
    expect((await publish("--dry-run", "--no-sign")).stdout).not.toContain("Sign");
  });
});
