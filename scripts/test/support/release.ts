import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { onTestFinished, vi } from "vitest";
import { ROOT } from "../../src/names.ts";
import { type Answer, fixtureTools } from "./tools.ts";

export const DIGEST = `sha256:${"a".repeat(64)}`;

/** What docker leaves in its configuration after a login. */
const LOGIN = `
const file = process.env.DOCKER_CONFIG + "/config.json";
const config = JSON.parse(readFileSync(file, "utf8"));
const [host] = args.slice(-1);
config.auths = { ...config.auths, [host]: { auth: Buffer.from("AWS:" + stdin).toString("base64") } };
writeFileSync(file, JSON.stringify(config));`;

const PUSHED: Answer = { when: "push", stdout: `11.0: digest: ${DIGEST} size: 1` };
const POD = JSON.stringify({ metadata: {}, status: { phase: "Running" } });

export interface ReleaseFixture {
  docker?: Answer[];
  /** How cosign answers; it is not there without. */
  cosign?: Answer[];
  /** What the released service answers. */
  version?: string;
}

/**
 * Tools that do all that a release of one workload asks of them, in a temporary folder that is the tests' own for
 * whatever is temporary, too. `docker` answers come first.
 */
export function releaseTools({ docker = [], cosign, version = "11.0" }: ReleaseFixture = {}) {
  const temporary = mkdtempSync(join(tmpdir(), "echo-release-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  const usersConfig = join(temporary, "docker");
  mkdirSync(join(usersConfig, "contexts"), { recursive: true });
  writeFileSync(
    join(usersConfig, "config.json"),
    JSON.stringify({ auths: { "other.example": { auth: "b3RoZXI=" } }, credsStore: "keychain" }),
  );
  mkdirSync(join(temporary, "tmp"));
  const calls = fixtureTools({
    docker: [
      ...docker,
      { when: "login", code: LOGIN },
      PUSHED,
      { when: "imagetools", stderr: "not found", exitCode: 1 },
      { when: "create", stdout: "container-1" },
    ],
    helm: [
      { when: "version --short", stdout: "v4.1.4" },
      { when: " list ", stdout: "[]" },
      { when: " status ", stderr: "Error: release: not found", exitCode: 1 },
      { when: "--dry-run", stdout: '{"manifest":"kind: Deployment"}' },
    ],
    kubectl: [
      { when: "get pod jumpbox", stdout: POD },
      { when: "exec", stdout: JSON.stringify({ version }) },
    ],
    ...(cosign && { cosign }),
  });
  vi.stubEnv("TMPDIR", join(temporary, "tmp"));
  vi.stubEnv("DOCKER_CONFIG", usersConfig);
  return { calls, usersConfig, leftBehind: () => readdirSync(join(temporary, "tmp")) };
}

/** A command of the project in a process of its own, with whatever the test has put into the environment. */
export function startCommand(...args: string[]) {
  return execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args], { reject: false, stdin: "ignore" });
}
