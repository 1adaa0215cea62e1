import { existsSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../../src/lib/paths.ts";
import { waitFor } from "../../src/lib/wait.ts";
import { startCommand } from "../support/command.ts";
import { releaseTools } from "../support/release.ts";
import type { Answer } from "../support/tools.ts";

const EVIL = "a b'c\"d`touch pwned`$(touch pwned);touch pwned|&\n--help";

describe("arguments of a release", () => {
  test.each([
    ["--backend=--help", /Invalid --backend "--help": expected none, or a URL/],
    [`--backend=${EVIL}`, /Invalid --backend "a b'c/],
    [
      "--version=13/0",
      /Invalid --version "13\/0": expected an image tag of at most 63 letters, .* such as 13\.0\./,
    ],
    ["--version=-x", /Invalid --version "-x": expected an image tag/],
    ["--version=", /Invalid --version "": expected an image tag/],
    [`--version=${EVIL}`, /Invalid --version "a b'c/],
    ["--namespace=-x", /Invalid --namespace "-x": expected/],
    ["--namespace=", /Invalid --namespace "": expected/],
    [`--namespace=${EVIL}`, /Invalid --namespace "a b'c/],
    ["--namespace=demos --help", /Invalid --namespace "demos --help"/],
    ["--registry=-x", /Invalid --registry "-x": expected a host/],
    ["--registry=--help", /Invalid --registry "--help"/],
    [`--registry=${EVIL}`, /Invalid --registry "a b'c/],
    ["--registry=localhost:5000/$(id)", /Invalid --registry "localhost:5000\/\$\(id\)"/],
    [`--color=${EVIL}`, /Invalid --color .*: expected blue or green/],
  ])("%j is refused before anything is changed", async (argument, reason) => {
    const { calls } = releaseTools();
    const options = ["--registry", "registry.example", argument, "--yes"];
    const { exitCode, stderr } = await startCommand("release:frontend", ...options);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(calls()).toEqual([]);
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

describe("user and password in a URL", () => {
  test.each([
    ["release:frontend", "--backend=http://user:secret@backend"],
    ["release:frontend", "--backend", "https://user:secret@backend"],
    ["release:frontend", "--bakend=http://user:secret@backend"],
    ["release:blue", "--registry", "https://user:secret@registry.example"],
    ["release:blue", "--registry", "user:secret@registry.example"],
    ["watch", "http://user:secret@backend"],
    ["load", "http://user:secret@backend"],
    ["http://user:secret@backend"],
  ])("are refused before anything is changed, and not repeated: %j", async (...command) => {
    const { calls } = releaseTools();
    const { exitCode, stdout, stderr } = await startCommand(...command);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/expected|unknown/);
    expect(stdout + stderr).not.toMatch(/secret/);
    expect(calls()).toEqual([]);
  });
});

describe("the registry", () => {
  test("of EKS_ECR_REGISTRY is refused like that of the option", async () => {
    releaseTools();
    vi.stubEnv("EKS_ECR_REGISTRY", "https://registry.example");
    const { exitCode, stderr } = await startCommand("release:blue");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Invalid EKS_ECR_REGISTRY "https://registry.example": expected a host');
  });

  test("that is missing is reported with everything else that is missing", async () => {
    releaseTools({ docker: [{ when: "buildx version", stderr: "unknown command", exitCode: 1 }] });
    vi.stubEnv("EKS_ECR_REGISTRY", "");
    const { exitCode, stderr } = await startCommand("release:blue");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/docker buildx does not work: unknown command[^]*no registry is set/);
  });

  test("may end with a slash", async () => {
    releaseTools();
    vi.stubEnv("EKS_ECR_REGISTRY", "registry.example/");
    const { stdout } = await startCommand("release:blue", "--dry-run");
    expect(stdout).not.toContain("registry.example//");
    expect(stdout).toContain("registry.example/echo-backend:11.0");
  });
});

/** A Deployment with so many ready pods. */
function running(name: string, replicas: number): Answer {
  const pod = {
    kind: "Pod",
    metadata: { name },
    spec: { containers: [{ ports: [{ name: "http", containerPort: 8080 }] }] },
    status: { podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] },
  };
  const deployment = { kind: "Deployment", metadata: { name }, spec: { replicas } };
  const items = [deployment, ...Array.from({ length: replicas }, () => pod)];
  return { when: `get deployments,pods -n demos -l app=${name}`, stdout: JSON.stringify({ items }) };
}

describe("--shift", () => {
  test("does not shift after SIGTERM in the last verification", async () => {
    const { calls } = releaseTools({ kubectl: [{ when: "exec", effect: "hang" }] });
    const releasing = startCommand("release:green", "--registry", "registry.example", "--yes", "--shift");
    const verifying = () => Promise.resolve(calls().some(({ args }) => args.includes("exec")) || undefined);
    expect(await waitFor(verifying, { timeoutMs: 30_000, intervalMs: 50 })).toBe(true);
    releasing.kill("SIGTERM");
    const { exitCode, stderr } = await releasing;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/Interrupted[^]*done: Deploy echo-backend-green[^]*not done: Verify that/);
    // The plan only reads the lease.
    const writes = calls().filter(({ args }) => !args.includes("get"));
    expect(writes.flatMap(({ args }) => args.filter((word) => /lease$|weights/.test(word)))).toEqual([]);
    expect(writes.filter(({ stdin }) => stdin.includes("Lease"))).toEqual([]);
  });

  test("has the steps of the shift in its plan", async () => {
    releaseTools();
    const { exitCode, stdout } = await startCommand(
      ...["release:green", "--registry", "registry.example", "--dry-run", "--shift"],
    );
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(
      /^\d+\. Shift echo-backend to blue 0 %, green 100 %, or back to blue 100 %, green 0 % if green is not good enough$/,
    );
  });

  test("is refused before anything is built if the colour has too few pods for the traffic", async () => {
    const { calls } = releaseTools({
      kubectl: [running("echo-backend-blue", 3), running("echo-backend-green", 1)],
    });
    const { exitCode, stderr } = await startCommand(
      ...["release:green", "--registry", "registry.example", "--yes", "--shift"],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "Nothing was changed: echo-backend-green would have 1 of the 3 pods that the shift needs (100 % of the 3 at the origin).",
    );
    expect(stderr).toMatch(/Add them: helm -n demos upgrade echo-backend-green .* --set replicas=3/);
    expect(calls().filter(({ tool, args }) => tool === "docker" && args.includes("build"))).toEqual([]);
  });

  test("is refused before anything is built if the stable name is missing", async () => {
    const { calls } = releaseTools({ installed: false });
    const { exitCode, stderr } = await startCommand(
      ...["release:green", "--registry", "registry.example", "--yes", "--shift"],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain("has no stable name yet");
    expect(calls().filter(({ tool, args }) => tool === "docker" && args.includes("build"))).toEqual([]);
  });
});
