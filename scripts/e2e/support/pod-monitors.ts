// Does the work of the Prometheus operator, which the test cluster does not have: it reads the charts' monitors and rules.
import * as v from "valibot";
import { parse, stringify } from "yaml";
import { run } from "../../src/adapters/command.ts";
import { chartPath } from "../../src/lib/paths.ts";
import { TRAFFIC_RELEASE, type Workload } from "../../src/domain/workload.ts";
import { NAMESPACE } from "./system.ts";

const PodMonitor = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.object({
    selector: v.object({ matchLabels: v.record(v.string(), v.string()) }),
    podMetricsEndpoints: v.tuple([v.object({ port: v.string(), path: v.string() })]),
  }),
});
type PodMonitor = v.InferOutput<typeof PodMonitor>;
const PrometheusRule = v.object({ spec: v.object({ groups: v.array(v.unknown()) }) });

/** Renders one object of a chart for the tests' namespace. */
async function render<const S extends v.GenericSchema>(
  schema: S,
  template: string,
  args: readonly string[],
  input = "",
) {
  const command = ["-n", NAMESPACE, "template", ...args, "--show-only", `templates/${template}`];
  return v.parse(schema, parse(await run("helm", command, { input })));
}

/** The rule file with the recorded expressions and the alerts of echo-traffic. */
export async function ruleFile(): Promise<string> {
  const release = ["-n", NAMESPACE, "get", "values", TRAFFIC_RELEASE, "--all", "--output", "json"];
  const values = await run("helm", release);
  const args = [TRAFFIC_RELEASE, chartPath(TRAFFIC_RELEASE), "--values", "-", "--set", "alerts.enabled=true"];
  return stringify((await render(PrometheusRule, "prometheusrule.yaml", args, values)).spec);
}

const Pods = v.object({
  items: v.array(
    v.object({
      metadata: v.object({ name: v.string() }),
      spec: v.object({
        containers: v.array(
          v.object({
            ports: v.optional(v.array(v.object({ name: v.string(), containerPort: v.number() })), []),
          }),
        ),
      }),
      status: v.object({ phase: v.string(), podIP: v.optional(v.string()) }),
    }),
  ),
});

/** The PodMonitor of a workload, rendered from its chart. */
export function podMonitor({ name, service, color, version }: Workload): Promise<PodMonitor> {
  const values = ["registry=any", `color=${color}`, `version=${version}`];
  return render(PodMonitor, "podmonitor.yaml", [
    ...[name, chartPath(service), "--set", "podMonitor.enabled=true"],
    ...values.flatMap((value) => ["--set-string", value]),
  ]);
}

/** The pods that a monitor selects, in the format of Prometheus' HTTP discovery. Prometheus scrapes them through the API server. */
export async function targetsOf({ metadata, spec }: PodMonitor, apiServer: string) {
  const [{ port, path }] = spec.podMetricsEndpoints;
  const selector = Object.entries(spec.selector.matchLabels).map((pair) => pair.join("="));
  const query = new URLSearchParams({ labelSelector: selector.join(",") }).toString();
  const pods = await fetch(`${apiServer}/api/v1/namespaces/${NAMESPACE}/pods?${query}`);
  const { items } = v.parse(Pods, await pods.json());
  return items
    .filter(({ status }) => status.podIP !== undefined && !/Succeeded|Failed/.test(status.phase))
    .flatMap(({ metadata: { name }, spec: { containers }, status: { podIP } }) =>
      containers
        .flatMap(({ ports }) => ports)
        .filter((candidate) => candidate.name === port)
        .map(({ containerPort }) => ({
          targets: [new URL(apiServer).host],
          labels: {
            __metrics_path__: `/api/v1/namespaces/${NAMESPACE}/pods/${name}:${containerPort}/proxy${path}`,
            job: `${NAMESPACE}/${metadata.name}`,
            instance: `${podIP}:${containerPort}`,
            namespace: NAMESPACE,
            pod: name,
          },
        })),
    );
}
