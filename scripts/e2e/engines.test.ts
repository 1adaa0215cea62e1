import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_NAMESPACE } from "../src/domain/workload.ts";
import { ROOT } from "../src/lib/paths.ts";
import { readLesson } from "../test/support/lesson/lesson.ts";
import { Terminals } from "../test/support/lesson/terminals.ts";
import { ADDONS, addon } from "./support/addons.ts";
import { startLoadPod } from "./support/load-pod.ts";
import { emptyNamespace, prepare } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import { underLoad } from "./support/traffic.ts";

const { kubectl } = cluster;

/** What a lesson may leave behind if it fails. */
const LEFTOVERS = ["rollouts.argoproj.io,canaries.flagger.app", "--all", "-n", NAMESPACE];

/** Runs all commands of a page in the order of its text, and compares their output. */
async function run(page: string): Promise<void> {
  const terminals = new Terminals({
    root: ROOT,
    env: { ECHO_NAMESPACE: NAMESPACE },
    localize: (commands) => commands.replaceAll(DEFAULT_NAMESPACE, NAMESPACE),
    delocalize: (output) => output.replaceAll(NAMESPACE, DEFAULT_NAMESPACE),
  });
  onTestFinished(() => terminals.close());
  const steps = readLesson(readFileSync(ROOT + page, "utf8"));
  expect(steps.length).toBeGreaterThan(5);
  for (const step of steps) await terminals.perform(step);
}

describe.skipIf(ADDONS === undefined)("the engines (need CLUSTER_ADDONS)", () => {
  beforeAll(() => addon("argo-rollouts", "flagger"));

  afterEach(async () => {
    await kubectl.run(["delete", ...LEFTOVERS, "--cascade=foreground"]);
    await kubectl.run(["delete", "service", "echo-backend-preview", "-n", NAMESPACE, "--ignore-not-found"]);
    // An engine has written to objects of helm, which the other tests upgrade with plain helm.
    await emptyNamespace();
  });

  test.each([
    { page: "docs/engines/argo-rollouts.md", mode: "service" },
    { page: "docs/engines/flagger.md", mode: "gateway" },
  ] as const)("$page runs as written, and no request fails", async ({ page, mode }) => {
    await prepare(mode);
    const load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
    const { total, failures } = await underLoad(load, () => run(page));
    expect(failures).toEqual([]);
    expect(total).toBeGreaterThan(1000);
  });
});
