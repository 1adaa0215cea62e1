import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ROOT } from "../../src/names.ts";
import { releaseTools, startCommand } from "../support/release.ts";

const EVIL = "a b'c\"d`touch pwned`$(touch pwned);touch pwned|&\n--help";

describe("arguments of a release", () => {
  test.each([
    ["--backend=--help", /--backend is "--help", allowed is none, or a URL/],
    [`--backend=${EVIL}`, /--backend is "a b'c/],
    ["--namespace=-x", /"-x" is no namespace/],
    ["--namespace=", /"" is no namespace/],
    [`--namespace=${EVIL}`, /is no namespace/],
    ["--namespace=demos --help", /is no namespace/],
    ["--registry=-x", /the registry "-x" is not one/],
    ["--registry=--help", /the registry "--help" is not one/],
    [`--registry=${EVIL}`, /the registry "a b'c/],
    ["--registry=localhost:5000/$(id)", /is not one/],
    [`--color=${EVIL}`, /Allowed choices are blue, green/],
  ])("%j is refused before anything is changed", async (argument, reason) => {
    const { calls } = releaseTools();
    const options = ["--registry", "registry.example", argument, "--yes"];
    const { exitCode, stderr } = await startCommand("release:frontend", ...options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
    // Questions about versions, and to the cluster, are all that was asked.
    for (const { args } of calls()) expect(args.join(" ")).toMatch(/version|readyz/);
  });

  test.each(["$(touch pwned)", "a b", "'\"`;|&", "--help", "-x", "a\nb", "x,y={z}\\"])(
    "%j in a backend's URL and as the context reaches helm word for word, and no shell",
    async (odd) => {
      const { calls } = releaseTools({ version: "2.0" });
      const options = ["--registry", "registry.example", "--yes", `--context=${odd}`];
      const backend = `http://backend/${odd}`;
      const { exitCode, stderr } = await startCommand("release:frontend", ...options, `--backend=${backend}`);
      expect(exitCode, stderr).toBe(0);
      const upgrade = calls().find(({ args }) => args.includes("--wait"));
      const escaped = backend.replaceAll(/[\\,{]/g, String.raw`\$&`);
      expect(upgrade?.args).toContain(`backend=${escaped}`);
      expect(upgrade?.args.slice(2, 4)).toEqual(["--kube-context", odd]);
      expect(existsSync("pwned") || existsSync(`${ROOT}pwned`)).toBe(false);
    },
  );
});
