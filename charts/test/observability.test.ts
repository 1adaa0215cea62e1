import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeWith } from "@echo/kit/testing/tools";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { ConfigMap } from "kubernetes-models/v1";
import { expect, onTestFinished, test } from "vitest";
import * as v from "valibot";
import { stringify } from "yaml";
import { CHARTS, describeWithHelm, only, type Values } from "./support/helm.ts";

const DASHBOARD = `${CHARTS}echo-traffic/dashboards/echo.json`;
const OPERATIONS = fileURLToPath(new URL("../../docs/operations.md", import.meta.url));
const ALERT_TESTS = fileURLToPath(new URL("alerts.yaml", import.meta.url));

const Dashboard = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ annotations: v.object({ list: v.tuple([v.object({ expr: v.string() })]) }) }),
);

const weight = (color: string, values: string) => ({
  series: `service_color:traffic_weight:percent{namespace="x", service="echo-backend", color="${color}"}`,
  values,
});

/** A test for promtool: the dashboard's annotation on weights that move 5 % to green after a minute. */
function annotationTest() {
  const [{ expr }] = v.parse(Dashboard, readFileSync(DASHBOARD, "utf8")).annotations.list;
  const at = (eval_time: string, exp_samples: object[]) => ({
    expr: expr.replaceAll("$namespace", "x").replaceAll("$service", "echo-backend"),
    ...{ eval_time, exp_samples },
  });
  return {
    rule_files: [],
    evaluation_interval: "15s",
    tests: [
      {
        interval: "15s",
        input_series: [weight("blue", "100x3 95x8"), weight("green", "0x3 5x8")],
        promql_expr_test: [
          at("45s", []),
          at("60s", [{ labels: '{color="green", weight="5"}', value: 1 }]),
          at("75s", []),
        ],
      },
    ],
  };
}

describeWithHelm("echo-traffic", (helm) => {
  const render = (values: Values = {}) => helm.render("echo-traffic", values);
  const rulesOf = async (alerts: Values = {}) =>
    only(await render({ alerts: { enabled: true, ...alerts } }), PrometheusRule.is);
  const alertsOf = async (values?: Values) =>
    (await rulesOf(values)).spec.groups?.flatMap(({ rules = [] }) => rules.filter(({ alert }) => alert)) ??
    [];

  test("renders neither a dashboard nor alert rules by default", async () => {
    const objects = await render();
    expect(objects.filter(ConfigMap.is)).toEqual([]);
    expect(objects.filter(PrometheusRule.is)).toEqual([]);
  });

  test("renders the dashboard file unchanged, with the label for Grafana", async () => {
    const { metadata, data } = only(await render({ dashboard: { enabled: true } }), ConfigMap.is);
    expect(metadata).toMatchObject({
      name: "echo-traffic-dashboard",
      labels: { grafana_dashboard: "1", "app.kubernetes.io/name": "echo-traffic" },
    });
    expect(JSON.parse(data?.["echo.json"] ?? "")).toEqual(JSON.parse(readFileSync(DASHBOARD, "utf8")));
  });

  test("adds the labels by which a Prometheus finds the rules", async () => {
    const { metadata } = await rulesOf({ labels: { release: "prometheus" } });
    expect(metadata).toMatchObject({ name: "echo-traffic", labels: { release: "prometheus" } });
  });

  test("compares with the limits of the values", async () => {
    const alerts = await alertsOf({ maxErrorRate: 0.5, maxP99Ms: 250 });
    expect(alerts.map(({ expr }) => String(expr).split("} ")[1])).toEqual([
      "> 0.005",
      "> 0.25",
      "< 1",
      "> 1",
    ]);
  });

  test("computes the rates for a shift over the window of the values", async () => {
    const { spec } = await rulesOf({ rateWindowSeconds: 240 });
    const rules = spec.groups?.flatMap(({ rules: all = [] }) => all) ?? [];
    const windows = rules
      .filter(({ record }) => record?.endsWith(":rate"))
      .map(({ expr }) => /\[(.+)\]/.exec(String(expr))?.[1]);
    expect(windows).toEqual(["240s", "240s", "240s"]);
    const window = rules.find(({ record }) => record === "namespace:http_requests_rate_window:seconds");
    expect(window).toMatchObject({ expr: "vector(240)", labels: { namespace: "demos" } });
  });

  test("links each alert to an existing section of the runbook", async () => {
    const headings = Array.from(
      readFileSync(OPERATIONS, "utf8").matchAll(/^## (.+)$/gm),
      ([, heading = ""]) => heading.toLowerCase().replaceAll(" ", "-"),
    );
    for (const { annotations } of await alertsOf())
      expect(headings).toContain(annotations?.["runbook_url"]?.split("docs/operations.md#")[1]);
  });

  test.each([
    { alerts: { maxErrorRate: 101 }, words: /alerts.*maxErrorRate/ },
    { alerts: { maxP99Ms: 0 }, words: /alerts.*maxP99Ms/ },
    { alerts: { rateWindowSeconds: 0 }, words: /alerts.*rateWindowSeconds/ },
    { alerts: { enable: true }, words: /alerts.*enable/ },
    { dashboard: { labels: { grafana_dashboard: 1 } }, words: /dashboard.*labels/ },
  ])("rejects a value that matches $words", async ({ words, ...values }) => {
    await expect(render(values)).rejects.toThrow(words);
  });

  test("records the weight of each colour of each stable name", async () => {
    const weights = { blue: 95, green: 5 };
    const gateway = { className: "traefik", address: "traefik.gateway" };
    const values = { mode: "gateway", gateway, backend: { weights }, frontend: { enabled: true } };
    const { spec } = only(await render({ ...values, alerts: { enabled: true } }), PrometheusRule.is);
    const rules = spec.groups?.flatMap(({ rules: all = [] }) => all) ?? [];
    expect(
      rules
        .filter(({ record }) => record === "service_color:traffic_weight:percent")
        .map(({ expr, labels }) => [labels?.["service"], labels?.["color"], expr]),
    ).toEqual([
      ["echo-backend", "blue", "vector(95)"],
      ["echo-backend", "green", "vector(5)"],
      ["echo-frontend", "blue", "vector(100)"],
      ["echo-frontend", "green", "vector(0)"],
    ]);
  });

  describeWith("promtool", "the alert rules", (path) => {
    /** Runs promtool in a folder with the rendered rules and their tests. */
    const promtool = async (...args: string[]) => {
      const folder = mkdtempSync(join(tmpdir(), "echo-rules-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      writeFileSync(join(folder, "rules.yaml"), stringify((await rulesOf()).spec));
      copyFileSync(ALERT_TESTS, join(folder, "alerts.yaml"));
      writeFileSync(join(folder, "annotation.yaml"), stringify(annotationTest()));
      return promisify(execFile)(path, args, { cwd: folder });
    };

    test("the rules pass the linter", async () => {
      expect((await promtool("check", "rules", "--lint-fatal", "rules.yaml")).stdout).toContain("SUCCESS");
    });

    test("the dashboard marks a step of 5 percent once, with the new weight", async () => {
      await expect(promtool("test", "rules", "annotation.yaml")).resolves.toMatchObject({
        stdout: expect.stringContaining("SUCCESS"),
      });
    });

    test("the alerts fire only when a limit is exceeded", async () => {
      await expect(promtool("test", "rules", "alerts.yaml")).resolves.toMatchObject({
        stdout: expect.stringContaining("SUCCESS"),
      });
    });
  });
});
