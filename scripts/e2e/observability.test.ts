import * as v from "valibot";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import {
  DEFAULT_WORKLOADS,
  type ServiceName,
  SERVICES,
  TRAFFIC_RELEASE,
  workload,
} from "../src/domain/workload.ts";
import { COLORS } from "../src/domain/color.ts";
import { cli } from "./support/commands.ts";
import { POLL } from "./support/limits.ts";
import { startLoadCommand } from "./support/load-command.ts";
import { type Prometheus, startPrometheus } from "./support/prometheus.ts";
import { prepare, setValues } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import { ANY_LATENCY, shiftTo, upgradeTraffic, weights } from "./support/traffic.ts";

// A real Prometheus scrapes the pods while `pnpm load` keeps them busy and both colours have traffic.

const Query = v.object({ expr: v.string() });
const Dashboard = v.object({
  annotations: v.object({ list: v.tuple([Query]) }),
  panels: v.array(v.object({ title: v.string(), targets: v.array(Query) })),
});
const ConfigMap = v.object({
  data: v.object({ "echo.json": v.pipe(v.string(), v.parseJson(), Dashboard) }),
});
let prometheus: Prometheus;
let dashboard: v.InferOutput<typeof Dashboard>;

/** Options of Node that let a backend fail each POST, and no other request. */
const FAIL_POSTS = `--import=data:text/javascript,${encodeURIComponent(`
  import { ServerResponse } from "node:http";
  const { writeHead } = ServerResponse.prototype;
  ServerResponse.prototype.writeHead = function (status, ...rest) {
    return writeHead.call(this, this.req.method === "POST" ? 500 : status, ...rest);
  };
`)}`;

beforeAll(async () => {
  await prepare("gateway");
  // A window for the scrapes of this Prometheus, which come every 2 s.
  const values = ["dashboard.enabled=true", "alerts.rateWindowSeconds=8"].flatMap((value) => [
    "--set",
    value,
  ]);
  const options = FAIL_POSTS.replaceAll(",", String.raw`\,`);
  await Promise.all([
    upgradeTraffic(values),
    setValues(
      workload("echo-backend", "green"),
      "extraEnv[0].name=NODE_OPTIONS",
      `extraEnv[0].value=${options}`,
    ),
  ]);
  dashboard = await readDashboard();
});

beforeAll(async () => {
  prometheus = await startPrometheus(DEFAULT_WORKLOADS);
  return prometheus.stop;
});

beforeAll(async () => {
  const load = await startLoadCommand(100);
  return load.terminate;
});

/** Reads the dashboard as Grafana's sidecar finds it. */
async function readDashboard() {
  const name = ["configmap", `${TRAFFIC_RELEASE}-dashboard`, "-n", NAMESPACE];
  return (await cluster.kubectl.get(ConfigMap, name)).data["echo.json"];
}

/** The series of an expression of the dashboard, whose variables are filled in as Grafana does. */
function series(expr: string, service: ServiceName) {
  return prometheus.query(
    expr
      .replaceAll("$namespace", NAMESPACE)
      .replaceAll("$service", service)
      .replaceAll("$__rate_interval", "30s"),
  );
}

async function colorsOf(expr: string): Promise<(string | undefined)[]> {
  return (await series(expr, "echo-backend")).map(({ labels }) => labels.color);
}

test("the dashboard annotates a first step of 5 percent", async () => {
  const [{ expr }] = dashboard.annotations.list;
  // The annotation compares a weight with that of 15 s before, so Prometheus must have that one first.
  const before = 'service_color:traffic_weight:percent{service="$service"} offset 15s';
  await expect.poll(() => series(before, "echo-backend"), POLL).not.toHaveLength(0);
  await shiftTo("--green", "5");
  await prometheus.reloadRules();
  await expect
    .poll(async () => (await series(expr, "echo-backend")).map(({ labels }) => labels), POLL)
    .toEqual([{ color: "green", weight: "5" }]);
  // The other tests need traffic at both colours.
  await shiftTo("--green", "50");
});

test.each(SERVICES)("every query of the dashboard returns series for %s", async (service) => {
  expect(dashboard.panels).toHaveLength(9);
  for (const { title, targets } of dashboard.panels)
    for (const { expr } of targets)
      await expect.poll(() => series(expr, service), { ...POLL, message: title }).not.toHaveLength(0);
});

test("the dashboard separates the colours", async () => {
  const byColor = dashboard.panels
    .flatMap(({ targets }) => targets)
    .filter(({ expr }) => expr.includes("by (color"));
  expect(byColor.length).toBeGreaterThan(5);
  for (const { expr } of byColor)
    await expect
      .poll(() => colorsOf(expr), { ...POLL, message: expr })
      .toEqual(expect.arrayContaining([...COLORS]));
});

test("the expression that each alert compares has a value for each service", async () => {
  const rules = await prometheus.rules();
  expect(rules.filter(({ health }) => health !== "ok")).toEqual([]);
  const alerts = rules.filter(({ type }) => type === "alerting");
  expect(alerts).toHaveLength(4);
  for (const { name, query } of alerts) {
    const [, measured = ""] = /^(.+) [<>] [\d.]+$/.exec(query) ?? [];
    const services = async () => (await prometheus.query(measured)).map(({ labels }) => labels.service);
    await expect.poll(services, { ...POLL, message: name }).toEqual(expect.arrayContaining([...SERVICES]));
  }
});

/** Sends 100 POSTs a second to the stable name, until the test ends. The pod notices the end by its stdin. */
function startPosts(): void {
  const end = new AbortController();
  const script = 'curl -s -o /dev/null -X POST --rate 100/s "$0/?[1-1000000]" & cat; kill $!';
  const command = ["bash", "-c", script, url("echo-backend")];
  const posts = cluster.jumpbox.stream(command, () => undefined, end.signal);
  onTestFinished(async () => {
    end.abort();
    await posts;
  });
}

test("a canary that fails only requests which no sample sends fails by Prometheus, and passes by samples", async () => {
  startPosts();
  await expect
    .poll(() => colorsOf('service_color:http_requests:rate{service="$service"}'), POLL)
    .toContain("blue");
  const before = await weights();
  const judge = ["--prometheus", prometheus.url, "--interval", "1s"];
  const { exitCode, stderr } = await cli("shift", "green", "--steps", "75,100", ...judge);
  expect(stderr).toMatch(
    /green is not good enough: [\d.]+ % of its \d+ requests failed.*\(judge: Prometheus\)/,
  );
  expect(exitCode).toBe(1);
  expect(await weights()).toEqual(before);
  expect(await shiftTo("green", "--steps", "100", "--interval", "1s", ...ANY_LATENCY)).toMatch(
    /green: \d+ requests, 0 errors, .*\(judge: own samples\)/,
  );
});
