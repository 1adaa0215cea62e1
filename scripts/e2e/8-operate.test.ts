import { execa } from "execa";
import * as v from "valibot";
import { beforeAll, describe, expect, test } from "vitest";
import { run } from "../src/adapters/command.ts";
import { readScale, type Scale } from "../src/observe/scale.ts";
import { type ServiceName, SERVICES, TRAFFIC_RELEASE, workload } from "../src/domain/workload.ts";
import { chartPath, ROOT } from "../src/lib/paths.ts";
import { compareSnapshots, takeSnapshot } from "../src/traffic/snapshot.ts";
import { COLORS } from "../src/domain/color.ts";
import { waitFor } from "../src/lib/wait.ts";
import { releaseAll } from "./support/backends.ts";
import { type Prometheus, startPrometheus } from "./support/prometheus.ts";
import { record } from "./support/record.ts";
import { cluster, NAMESPACE, oldPodsGone } from "./support/system.ts";
import { changeMode, shiftTo } from "./support/traffic.ts";

const FRONTEND = workload("echo-frontend", "blue");
const WORKLOADS = [...COLORS.map((color) => workload("echo-backend", color)), FRONTEND];
const Query = v.object({ expr: v.string() });
const Dashboard = v.object({
  annotations: v.object({ list: v.tuple([Query]) }),
  panels: v.array(v.object({ title: v.string(), targets: v.array(Query) })),
});
const ConfigMap = v.object({
  data: v.object({ "echo.json": v.pipe(v.string(), v.parseJson(), Dashboard) }),
});
const MOMENT =
  /^\d+ s \| \d+ of \d+ pods ready, wanted \d+ \(3 to 6\) \| CPU .*\(target 50 %\) \| \d+ requests\/s \| /;
let prometheus: Prometheus;

/** Changes values of a release as an operator does, and waits. */
async function upgrade(release: string, chart: string, ...values: string[]): Promise<void> {
  const command = ["upgrade", release, chartPath(chart), "--reset-then-reuse-values", "--wait"];
  await run("helm", ["-n", NAMESPACE, ...command, ...values.flatMap((value) => ["--set", value])]);
}

/** A load by `pnpm load`. @returns what stops it, and then tells what came of it */
async function startLoad(rate: number) {
  const args = ["load", "--namespace", NAMESPACE, "--rate", String(rate), "--duration", "5m"];
  const child = execa(process.execPath, [`${ROOT}scripts/src/main.ts`, ...args], { reject: false });
  const lines: string[] = [];
  const finished = (async () => {
    for await (const line of child) lines.push(line);
  })();
  await waitFor(async () => lines[0], { timeoutMs: 60_000 });
  return async () => {
    child.kill("SIGINT");
    const { stderr, exitCode } = await child;
    await finished;
    expect(exitCode, stderr).toBe(0);
    const [, requests, failed] = /^(\d+) requests, (\d+) failed/.exec(lines.at(-2) ?? "") ?? [];
    return { lines, requests: Number(requests), failed: Number(failed) };
  };
}

/** Waits until the frontend's number of pods, all of them ready, is as wished; fails with what it was last. */
async function scaled(isDone: (replicas: number) => boolean): Promise<number> {
  let last: Scale | undefined;
  const replicas = await waitFor(
    async () => {
      last = await readScale(FRONTEND.name, cluster);
      return last.ready === last.replicas && isDone(last.replicas) ? last.replicas : undefined;
    },
    { timeoutMs: 180_000, intervalMs: 1000 },
  );
  expect(replicas, JSON.stringify(last)).toBeDefined();
  return replicas ?? 0;
}

/** The dashboard as Grafana's sidecar would find it. */
async function dashboard() {
  const name = ["configmap", `${TRAFFIC_RELEASE}-dashboard`, "-n", NAMESPACE];
  return (await cluster.kubectl.get(ConfigMap, name)).data["echo.json"];
}

/** The series of an expression of the dashboard, its variables filled in as Grafana does. */
function series(expr: string, service: ServiceName) {
  return prometheus.query(
    expr
      .replaceAll("$namespace", NAMESPACE)
      .replaceAll("$service", service)
      .replaceAll("$__rate_interval", "30s"),
  );
}

beforeAll(async () => {
  await releaseAll();
  await changeMode("gateway");
  await shiftTo("blue");
  await upgrade(TRAFFIC_RELEASE, "echo-traffic", "dashboard.enabled=true");
  prometheus = await startPrometheus(WORKLOADS);
  return prometheus.stop;
});

test("turning the autoscaler on takes no pod away", async () => {
  const before = await takeSnapshot(cluster);
  await upgrade(FRONTEND.name, "echo-frontend", "autoscaling.enabled=true");
  const { moved, scaled: byAutoscaler } = compareSnapshots(before, await takeSnapshot(cluster));
  expect(moved).toEqual([]);
  // It may add one at once.
  expect(byAutoscaler.filter((what) => what.endsWith("is gone"))).toEqual([]);
});

describe("under load", () => {
  let stop: Awaited<ReturnType<typeof startLoad>>;

  beforeAll(async () => {
    await upgrade(
      FRONTEND.name,
      "echo-frontend",
      ...["autoscaling.maxReplicas=6", "workIterations=1000000"],
      "autoscaling.behavior.scaleDown.stabilizationWindowSeconds=15",
    );
    await oldPodsGone(FRONTEND.name);
    stop = await startLoad(100);
  });

  test("the frontend gets more pods", async () => {
    expect(await scaled((replicas) => replicas > 3)).toBeGreaterThan(3);
  });

  test("a shift is annotated on the dashboard", async () => {
    await shiftTo("--green", "50");
    const [{ expr }] = (await dashboard()).annotations.list;
    const movesTo = async () => (await series(expr, "echo-backend")).map(({ labels }) => labels.color);
    await expect.poll(movesTo, { timeout: 120_000 }).toEqual(["green"]);
  });

  test.each(SERVICES)("every query of the dashboard has an answer for %s", async (service) => {
    const { panels } = await dashboard();
    expect(panels).toHaveLength(9);
    for (const { title, targets } of panels)
      for (const { expr } of targets)
        await expect
          .poll(() => series(expr, service), { timeout: 60_000, message: title })
          .not.toHaveLength(0);
  });

  test("the dashboard tells the colours apart", async () => {
    const byColor = (await dashboard()).panels
      .flatMap(({ targets }) => targets)
      .filter(({ expr }) => expr.includes("by (color"));
    expect(byColor.length).toBeGreaterThan(5);
    for (const { expr } of byColor) {
      const colors = (await series(expr, "echo-backend")).map(({ labels }) => labels.color);
      expect(colors, expr).toEqual(expect.arrayContaining([...COLORS]));
    }
  });

  test("what every alert compares has a value", async () => {
    const rules = await prometheus.rules();
    expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
    const alerts = rules.filter(({ type }) => type === "alerting");
    expect(alerts).toHaveLength(4);
    for (const { name, query } of alerts) {
      const [, measured = ""] = /^(.+) [<>] [\d.]+$/.exec(query) ?? [];
      const services = (await prometheus.query(measured)).map(({ labels }) => labels.service);
      expect(services, name).toEqual(expect.arrayContaining([...SERVICES]));
    }
  });

  test("no request failed", async () => {
    const { lines, requests, failed } = await stop();
    record("load while the frontend scales up", { requests, failed });
    expect(lines).toContainEqual(expect.stringMatching(MOMENT));
    expect(lines).toContainEqual(expect.stringMatching(/^\d → \d replicas at \d\d:\d\d:\d\d$/));
    expect(requests).toBeGreaterThan(500);
    expect(failed, lines.at(-2)).toBe(0);
  });
});

test("the frontend gives its pods back, and none that leaves loses a request", async () => {
  const stop = await startLoad(10);
  const most = (await readScale(FRONTEND.name, cluster)).replicas;
  await scaled((replicas) => replicas === 3);
  await oldPodsGone(FRONTEND.name);
  const { lines, requests, failed } = await stop();
  record(`load while the frontend goes from ${most} pods to 3`, { requests, failed });
  expect(most).toBeGreaterThan(3);
  expect(requests).toBeGreaterThan(20);
  expect(failed, lines.at(-2)).toBe(0);
});
