import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import type { Weights } from "../../src/domain/weights.ts";
import { curlOutput } from "./curl.ts";
import { type Answer, fixtureTools } from "./tools.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** What kubectl says of nodes with these architectures. */
export function nodes(...architectures: string[]): string {
  const items = architectures.map((architecture) => ({
    spec: {},
    status: { nodeInfo: { operatingSystem: "linux", architecture } },
  }));
  return JSON.stringify({ items });
}

/** What helm says of a namespace without a release. */
export const NOTHING_RELEASED: readonly Answer[] = [
  { when: "version --short", stdout: "v4.1.4" },
  { when: " list ", stdout: "[]" },
  { when: " status ", stderr: "Error: release: not found", exitCode: 1 },
  { when: " get values ", stderr: "Error: release: not found", exitCode: 1 },
];

const PUSHED: Answer = { when: "push", stdout: `11.0: digest: ${DIGEST} size: 1` };
const POD = JSON.stringify({ metadata: {}, status: { phase: "Running" } });
/** The values of echo-traffic with these weights of the backend. */
export const trafficOf = (weights: Weights) =>
  JSON.stringify({
    mode: "service",
    backend: { weights },
    frontend: { enabled: false, weights: { blue: 100, green: 0 } },
  });

export interface ReleaseFixture {
  /** Answers that come before the default ones. */
  docker?: Answer[];
  kubectl?: Answer[];
  helm?: Answer[];
  /** Undefined: cosign is not installed. */
  cosign?: Answer[];
  /** Undefined: git is not installed. */
  git?: Answer[];
  /** Whether the stable name is installed. Default: true. */
  installed?: boolean;
  /** The weights of the backend. Default: all traffic on blue. */
  weights?: Weights;
  /** The version that the released service responds with. Default: 11.0. */
  version?: string;
  /** Tools that are not installed. Default: none. */
  without?: readonly ("docker" | "helm")[];
  /** The user's logins in docker's configuration, besides one to another registry. */
  logins?: Readonly<Record<string, { auth: string }>>;
}

/**
 * Tools that succeed with everything that a release of one workload needs. Temporary files of the release go to a folder of
 * the test.
 */
export function releaseTools({
  docker = [],
  kubectl = [],
  helm = [],
  cosign,
  git,
  version = "11.0",
  installed = true,
  without = [],
  logins = {},
  weights = { blue: 100, green: 0 },
}: ReleaseFixture = {}) {
  const temporary = mkdtempSync(join(tmpdir(), "echo-release-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  const usersConfig = join(temporary, "docker");
  mkdirSync(join(usersConfig, "contexts"), { recursive: true });
  writeFileSync(
    join(usersConfig, "config.json"),
    JSON.stringify({ auths: { "other.example": { auth: "b3RoZXI=" }, ...logins }, credsStore: "keychain" }),
  );
  mkdirSync(join(temporary, "tmp"));
  const tools: Record<string, readonly Answer[]> = {
    docker: [
      ...docker,
      { when: "login", effect: "save the login" },
      PUSHED,
      { when: "imagetools", stderr: "ERROR: registry.example/echo-backend:11.0: not found", exitCode: 1 },
      { when: "buildx inspect", stdout: "Name: default\nPlatforms:        linux/amd64, linux/386" },
      { when: "create", stdout: "container-1" },
    ],
    helm: [
      ...helm,
      { when: "version --short", stdout: "v4.1.4" },
      { when: " list ", stdout: "[]" },
      ...(installed
        ? [{ when: " status echo-traffic ", stdout: '{"version":1,"info":{"status":"deployed"}}' }]
        : []),
      { when: " status ", stderr: "Error: release: not found", exitCode: 1 },
      { when: "get values echo-traffic", stdout: trafficOf(weights) },
      { when: "get values echo-backend-blue", stdout: '{"version":"11.0"}' },
      { when: "get values echo-backend-green", stdout: '{"version":"12.0"}' },
      { when: "--dry-run", stdout: '{"manifest":"kind: Deployment"}' },
    ],
    kubectl: [
      ...kubectl,
      { when: "get deployments", stdout: '{"items":[]}' },
      { when: "get horizontalpodautoscalers", stdout: '{"items":[]}' },
      { when: "get nodes", stdout: nodes("amd64") },
      { when: "get resourcequotas", stdout: '{"items":[]}' },
      { when: "get pod jumpbox", stdout: POD },
      { when: "exec", stdout: curlOutput(JSON.stringify({ version })) },
    ],
    ...(cosign && { cosign }),
    ...(git && { git }),
  };
  const calls = fixtureTools(
    Object.fromEntries(Object.entries(tools).filter(([name]) => !without.some((tool) => tool === name))),
  );
  vi.stubEnv("TMPDIR", join(temporary, "tmp"));
  vi.stubEnv("DOCKER_CONFIG", usersConfig);
  return { calls, usersConfig, leftBehind: () => readdirSync(join(temporary, "tmp")) };
}
