import { PodMonitor, PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { ConfigMap } from "kubernetes-models/v1";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

// A value that adds entries to a list or map of the chart must not name an entry that the chart sets itself.

const Labelled = v.object({ labels: v.record(v.string(), v.string()) });

describeWithHelm("a value that adds to what the chart sets", (helm) => {
  describe.each(WORKLOADS)("in %s", (chart) => {
    const render = (values: Values) => helm.render(chart, { ...REQUIRED, ...values });
    const withVariable = (name: string) => render({ extraEnv: [{ name, value: "10000" }] });
    const withLabels = (labels: Values) => render({ podMonitor: { enabled: true, labels } });

    test("cannot name any variable of the chart", async () => {
      const { spec } = only(await render({}), Deployment.is);
      const names = spec?.template.spec?.containers[0]?.env?.map(({ name }) => name) ?? [];
      expect(names).toContain("DRAIN_MS");
      for (const name of names)
        await expect(withVariable(name)).rejects.toThrow(
          `Invalid extraEnv "${name}": the chart sets this variable.`,
        );
    });

    test.each([
      { name: "DRAIN_MS", remedy: "Set the value drainMs instead." },
      { name: "CONNECTION_MAX_AGE_MS", remedy: "Set the value connectionMaxAgeMs instead." },
      { name: "COLOR", remedy: "Set the value color instead." },
      { name: "PORT", remedy: "Remove it." },
      { name: "ADMIN_PORT", remedy: "Remove it." },
    ])("that names the variable $name fails: $remedy", async ({ name, remedy }) => {
      await expect(withVariable(name)).rejects.toThrow(
        `Invalid extraEnv "${name}": the chart sets this variable. ${remedy}`,
      );
    });

    test("cannot name a variable twice", async () => {
      const extraEnv = ["A", "B", "A"].map((name) => ({ name, value: "1" }));
      await expect(render({ extraEnv })).rejects.toThrow(
        'Invalid extraEnv "A": expected one entry for each name.',
      );
    });

    test("cannot name any label of the chart", async () => {
      const labels = only(await withLabels({}), PodMonitor.is).metadata?.labels ?? {};
      expect(Object.keys(labels)).toContain("color");
      for (const name of Object.keys(labels))
        await expect(withLabels({ [name]: "red" })).rejects.toThrow(
          `Invalid podMonitor.labels "${name}": the chart sets this label.`,
        );
    });

    test.each([
      { name: "color", remedy: "Set the value color instead." },
      { name: "app.kubernetes.io/version", remedy: "Set the value version instead." },
      { name: "app.kubernetes.io/name", remedy: "Remove it." },
    ])("that names the label $name fails: $remedy", async ({ name, remedy }) => {
      await expect(withLabels({ [name]: "red" })).rejects.toThrow(
        `Invalid podMonitor.labels "${name}": the chart sets this label. ${remedy}`,
      );
    });

    test("keeps the other variables and labels", async () => {
      const variable = { name: "DRAIN", value: "1e5" };
      const labels = { release: "42" };
      const objects = await render({ extraEnv: [variable], podMonitor: { enabled: true, labels } });
      const { spec } = only(objects, Deployment.is);
      expect(spec?.template.spec?.containers[0]?.env).toContainEqual(variable);
      expect(only(objects, PodMonitor.is).metadata?.labels).toMatchObject(labels);
    });
  });
  test.each([
    { value: "dashboard", isKind: ConfigMap.is },
    { value: "alerts", isKind: PrometheusRule.is },
  ])("of $value in echo-traffic cannot name any label of the chart", async ({ value, isKind }) => {
    const render = (labels: Values) => helm.render("echo-traffic", { [value]: { enabled: true, labels } });
    const object = (await render({ release: "42" })).find((candidate) => isKind(candidate));
    const { labels } = v.parse(v.object({ metadata: Labelled }), object).metadata;
    expect(labels).toMatchObject({ release: "42", "app.kubernetes.io/name": "echo-traffic" });
    for (const name of Object.keys(labels).filter((own) => own.startsWith("app.")))
      await expect(render({ [name]: "red" })).rejects.toThrow(
        `Invalid ${value}.labels "${name}": the chart sets this label. Remove it.`,
      );
  });
});
