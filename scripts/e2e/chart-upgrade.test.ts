import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findHelms } from "@echo/charts/testing";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record } from "../../services/kit/test/support/record.ts";
import { run } from "../src/adapters/command.ts";
import { chartPath, ROOT } from "../src/lib/paths.ts";
import { type ServiceName, serviceUrl, TRAFFIC_RELEASE, workload } from "../src/domain/workload.ts";
import type { Color } from "../src/domain/color.ts";
import { HELM_WAIT } from "./support/commands.ts";
import { HANG_MS } from "./support/limits.ts";
import { type LoadPod, startLoadPod } from "./support/load-pod.ts";
import { whilePodsFit } from "./support/scheduling.ts";
import { emptyNamespace, pushImages } from "./support/state.ts";
import { cluster, NAMESPACE, registry } from "./support/system.ts";
import { underLoad } from "./support/traffic.ts";

/** The commit whose charts users have installed. */
const OLD_COMMIT = "f152243d87398b28e63e3daf24c18dfee97f7161";
/** A namespace of its own for the releases. */
const UPGRADES = `${NAMESPACE}-upgrade`;
const { kubectl } = cluster;

/** Both colours of the backend and one frontend, with small requests for a small node. */
const WORKLOADS = [
  workloadRelease("echo-backend", "blue"),
  workloadRelease("echo-backend", "green"),
  workloadRelease("echo-frontend", "blue", { backend: url("echo-backend") }),
];
const RELEASES = [{ name: TRAFFIC_RELEASE, chart: TRAFFIC_RELEASE, values: {}, setting: {} }, ...WORKLOADS];

const Selectors = v.object({
  items: v.array(
    v.object({
      kind: v.string(),
      metadata: v.object({ name: v.string() }),
      spec: v.object({ selector: v.unknown() }),
    }),
  ),
});

const folder = await mkdtemp(join(tmpdir(), "echo-upgrade-"));
const helms = await findHelms(folder);

beforeAll(async () => {
  await extractOldCharts();
  await pushImages();
  // The node's CPU is needed for the releases below.
  await emptyNamespace();
});

afterAll(() => rm(folder, { recursive: true }));

test("runs with helm 3 and helm 4", () => {
  const majors = helms.map(({ version }) => version.split(".")[0] ?? "");
  expect(majors.toSorted((a, b) => a.localeCompare(b))).toEqual(["v3", "v4"]);
});

describe.each(helms)("releases of the old charts, by helm $version", ({ path, version }) => {
  const helm = (...args: string[]) =>
    whilePodsFit((signal) => run(path, ["--namespace", UPGRADES, ...args], { signal, timeout: HANG_MS }));
  let load: LoadPod;

  beforeAll(async () => {
    await deleteReleases();
    await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: UPGRADES } });
    for (const { name, chart, values } of RELEASES)
      await helm("install", name, join(folder, "charts", chart), ...HELM_WAIT, ...setAll(values));
    load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
  });

  afterAll(async () => {
    await load.stop();
    await deleteReleases();
  });

  test("upgrade to today's charts without a failed request or a changed selector", async () => {
    const selectors = await readSelectors();
    const oldPods = await readPods();
    const { total, failed, failures } = await underLoad(load, async () => {
      // A changed setting replaces the pods, as most upgrades do.
      for (const { name, chart, setting } of RELEASES)
        await helm("upgrade", name, chartPath(chart), "--reuse-values", ...HELM_WAIT, ...setAll(setting));
      const gone = ["wait", "-n", UPGRADES, "--for=delete", `--timeout=${HANG_MS / 1000}s`, ...oldPods];
      await whilePodsFit((signal) => kubectl.run(gone, { signal }));
    });
    record(`upgrade from the old charts, helm ${version}`, { requests: total, failed });
    expect(failures).toEqual([]);
    expect(failed).toBe(0);
    expect(total).toBeGreaterThan(100);
    expect(oldPods).toHaveLength(WORKLOADS.length);
    expect(selectors).toHaveLength(2 * WORKLOADS.length + 1);
    expect(await readSelectors()).toEqual(selectors);
  });

  test.each(WORKLOADS)("$name passes helm test after the upgrade", async ({ name }) => {
    expect(await helm("test", name)).toContain("Succeeded");
  });
});

/** @throws {Error} if this clone does not have the old commit, as after a shallow clone */
async function extractOldCharts(): Promise<void> {
  const archive = join(folder, "charts.tar");
  try {
    await run("git", ["archive", `--output=${archive}`, OLD_COMMIT, "charts"], { cwd: ROOT });
  } catch (cause) {
    throw new Error(
      `Missing commit ${OLD_COMMIT}, whose charts are the start of the upgrade. Fetch it: git fetch origin ${OLD_COMMIT}`,
      { cause },
    );
  }
  await run("tar", ["-xf", archive, "-C", folder]);
}

function workloadRelease(service: ServiceName, color: Color, values: Readonly<Record<string, string>> = {}) {
  const { name, version } = workload(service, color);
  const common = { registry, color, version, replicas: "1", "resources.requests.cpu": "20m" };
  return { name, chart: service, values: { ...common, ...values }, setting: { logLevel: "warn" } };
}

function setAll(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

function url(service: string): string {
  return serviceUrl(service, UPGRADES);
}

/** The selectors of all Deployments and Services. */
async function readSelectors() {
  const { items } = await kubectl.get(Selectors, ["deployments,services", "-n", UPGRADES]);
  return items.map(({ kind, metadata: { name }, spec: { selector } }) => ({ kind, name, selector }));
}

/** The names of all pods, as kubectl takes them: pod/<name>. */
async function readPods(): Promise<string[]> {
  return (await kubectl.run(["get", "pods", "-n", UPGRADES, "-o", "name"])).split("\n");
}

async function deleteReleases(): Promise<void> {
  await kubectl.run(["delete", "namespace", UPGRADES, "--ignore-not-found", "--wait"]);
}
