import { readdirSync, readFileSync } from "node:fs";
import { describeWith } from "@echo/kit/testing/tools";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { run } from "../../src/adapters/command.ts";
import { registry } from "../../src/lib/arguments.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { fixtureTools } from "../support/tools.ts";

const FOLDER = `${ROOT}.github/workflows/`;
const FILES = readdirSync(FOLDER);

const Package = v.object({ packageManager: v.string(), scripts: v.record(v.string(), v.string()) });
const Step = v.object({ uses: v.optional(v.string()), run: v.optional(v.string()) });
const Workflow = v.object({
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(
    v.string(),
    v.object({
      permissions: v.optional(v.record(v.string(), v.string())),
      env: v.optional(v.record(v.string(), v.string()), {}),
      strategy: v.optional(v.object({ matrix: v.object({ os: v.array(v.string()) }) })),
      steps: v.array(Step),
    }),
  ),
});

const { packageManager, scripts } = v.parse(Package, JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")));

function readWorkflow(file: string) {
  const workflow = v.parse(Workflow, parse(readFileSync(FOLDER + file, "utf8")));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  const commands = steps.flatMap(({ run: text = "" }) => Array.from(text.matchAll(/npx --yes (\S+) (\S+)/g)));
  return { ...workflow, steps, commands };
}

describe.each(FILES)("the workflow %s", (file) => {
  const { permissions, steps, commands } = readWorkflow(file);

  test("may only read the repository", () => {
    expect(permissions).toEqual({ contents: "read" });
  });

  test("pins each action to a commit", () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions).not.toHaveLength(0);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  });

  test("runs scripts of package.json with its version of pnpm", () => {
    expect(commands).not.toHaveLength(0);
    for (const [, pnpm, script = ""] of commands) {
      expect(pnpm).toBe(packageManager);
      expect(scripts).toHaveProperty([script]);
    }
  });
});

describe("the workflow of the tests", () => {
  const { jobs, commands } = readWorkflow("ci.yml");

  test("runs pnpm test on Linux and macOS, and pnpm e2e", () => {
    expect(commands.map(([, , script]) => script)).toEqual(["test", "cluster:kind", "e2e"]);
    for (const { permissions } of Object.values(jobs)) expect(permissions).toBeUndefined();
    expect(jobs.test?.strategy?.matrix.os).toEqual([
      expect.stringMatching(/^ubuntu-/),
      expect.stringMatching(/^macos-/),
    ]);
  });
});

describe("the workflow of a release", () => {
  const { jobs, steps } = readWorkflow("release.yml");

  test("publishes the images and the charts once it can build for arm64, sign, and log in", () => {
    const names = steps.map(({ uses, run: text = "" }) => {
      const [, script] = /^npx --yes \S+ (\S+)/.exec(text) ?? [];
      return uses?.split("@")[0] ?? script ?? text.split(" ").at(-1);
    });
    expect(names).toEqual([
      "actions/checkout",
      "docker/setup-qemu-action",
      "docker/setup-buildx-action",
      "sigstore/cosign-installer",
      '<<<"$TOKEN"',
      "publish:images",
      "publish:charts",
    ]);
  });

  test.each([
    ["", []],
    ["13.0", ["--version", "13.0"]],
    ["13.0; id $(id)", ["--version", "13.0; id $(id)"]],
  ])("passes its input %j to publish:images as one argument", async (version, args) => {
    const calls = fixtureTools({ npx: [] });
    const publish = steps.find(({ run: text }) => text?.includes("publish:images"))?.run ?? "";
    await run("/bin/bash", ["-c", publish], { env: { VERSION: version } });
    expect(calls()[0]?.args.slice(2)).toEqual(["publish:images", ...args]);
  });

  test("may write packages, and prove to cosign who it is", () => {
    expect(Object.values(jobs).map(({ permissions }) => permissions)).toEqual([
      { contents: "read", packages: "write", "id-token": "write" },
    ]);
  });

  test("publishes to the packages of the fork's owner, whose name may have upper case", () => {
    const { EKS_ECR_REGISTRY: text = "" } = jobs.publish?.env ?? {};
    const owner = "${{ github.repository_owner }}";
    expect(text).toBe(`ghcr.io/${owner}`);
    expect(registry.read(text.replace(owner, "Ada-Lovelace"))).toBe("ghcr.io/ada-lovelace");
  });

  test("passes its token to docker over stdin, not as an argument", async () => {
    const calls = fixtureTools({ docker: [] });
    const login = steps.find(({ run: text }) => text?.startsWith("docker login"))?.run ?? "";
    await run("/bin/bash", ["-c", login], { env: { TOKEN: "secret", GITHUB_ACTOR: "ada" } });
    expect(calls()).toMatchObject([
      { args: ["login", "ghcr.io", "--username", "ada", "--password-stdin"], stdin: "secret\n" },
    ]);
  });
});

describeWith("actionlint", "the check", (actionlint) => {
  test.each(FILES)("finds nothing in %s", async (file) => {
    await expect(run(actionlint, [FOLDER + file])).resolves.toBe("");
  });
});
