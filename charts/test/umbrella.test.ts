import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment, type IDeployment } from "kubernetes-models/apps/v1";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service } from "kubernetes-models/v1";
import { describe, expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { type Chart, CHARTS, describeWithHelm, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const RELEASE = "echo";
interface Part {
  chart: Chart;
  alias?: string;
  values: Values;
}

/** Values of each chart, with the templates that two of the charts share turned on. */
const PARTS: readonly Part[] = [
  { chart: "echo-backend", values: { ...REQUIRED, replicas: 2, podMonitor: { enabled: true } } },
  {
    chart: "echo-frontend",
    values: { ...REQUIRED, color: "green", version: "2.0", networkPolicy: { enabled: true } },
  },
  { chart: "echo-traffic", values: { frontend: { enabled: true }, alerts: { enabled: true } } },
];

/** A chart that depends on these charts and has no template of its own. */
async function writeUmbrella(parts: readonly Part[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "echo-umbrella-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dependencies = parts.map(({ chart, alias }) => ({
    name: chart,
    version: ">=0.0.0",
    repository: `file://${CHARTS}${chart}`,
    ...(alias !== undefined && { alias }),
  }));
  const chart = { apiVersion: "v2", name: "umbrella", version: "1.0.0", dependencies };
  const values = Object.fromEntries(parts.map((part) => [part.alias ?? part.chart, part.values]));
  await writeFile(join(folder, "Chart.yaml"), stringify(chart));
  await writeFile(join(folder, "values.yaml"), stringify(values));
  return folder;
}

/** Objects by kind and name, so that their order does not matter. */
function sorted(objects: readonly unknown[]): unknown[] {
  return objects.map((object) => JSON.stringify(object)).toSorted();
}

describeWithHelm("an umbrella chart", (helm) => {
  /** The objects of a chart with these dependencies. */
  const render = async (parts: readonly Part[]) => {
    const umbrella = await writeUmbrella(parts);
    await helm.run(["dependency", "update", "--skip-refresh", umbrella]);
    return helm.template(RELEASE, umbrella);
  };
  const renderAlone = ({ chart, values }: Part) =>
    helm.template(RELEASE, chart, ["--values", "-"], JSON.stringify(values));

  test("renders each object as its chart alone renders it", async () => {
    const alone = await Promise.all(PARTS.map(renderAlone));
    expect(sorted(await render(PARTS))).toEqual(sorted(alone.flat()));
  });

  describe.each(WORKLOADS)("with two aliases of %s", (chart) => {
    const colors = ["blue", "green"].map((color) => ({
      chart,
      alias: color,
      values: {
        ...REQUIRED,
        color,
        replicas: 2,
        networkPolicy: { enabled: true },
        podMonitor: { enabled: true },
      },
    }));

    test("has the names, images and labels of the chart alone", async () => {
      const alone = (await Promise.all(colors.map(renderAlone))).flat().filter(Deployment.is);
      const aliased = (await render(colors)).filter(Deployment.is);
      expect(aliased).toHaveLength(2);
      expect(aliased.map(workloadOf)).toEqual(alone.map(workloadOf));
    });

    test("selects only the pods of one colour with each selector", async () => {
      const selectors = (await render(colors)).flatMap((object) => selectorsOf(object));
      // Deployment, its two constraints, Service, disruption budget, network policy and monitor, for each colour.
      expect(selectors).toHaveLength(14);
      for (const color of ["blue", "green"]) {
        const selector = { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": RELEASE, color };
        expect(selectors.filter((candidate) => isDeepStrictEqual(candidate, selector))).toHaveLength(7);
      }
    });
  });
});

function workloadOf({ metadata, spec }: IDeployment) {
  const { metadata: pod, spec: { containers = [] } = {} } = spec?.template ?? {};
  return {
    name: metadata?.name,
    labels: [metadata?.labels, pod?.labels],
    containers: containers.map(({ name, image }) => ({ name, image })),
  };
}

/** The labels of each selector of an object that selects the workload's own pods. */
function selectorsOf(object: unknown): Readonly<Record<string, string>>[] {
  if (Deployment.is(object)) {
    const { selector, template } = object.spec ?? {};
    const constraints = template?.spec?.topologySpreadConstraints ?? [];
    return [selector, ...constraints.map(({ labelSelector }) => labelSelector)].map(labelsOf);
  }
  if (Service.is(object)) return [object.spec?.selector ?? {}];
  if (PodDisruptionBudget.is(object) || PodMonitor.is(object)) return [labelsOf(object.spec?.selector)];
  return NetworkPolicy.is(object) ? [labelsOf(object.spec?.podSelector)] : [];
}

function labelsOf(selector?: { matchLabels?: Readonly<Record<string, string>> }) {
  return selector?.matchLabels ?? {};
}
