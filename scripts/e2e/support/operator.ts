// What the Prometheus operator would make of the charts' objects. Here is none: the tests configure Prometheus by hand.
import * as v from "valibot";
import { parse, stringify } from "yaml";
import { run } from "../../src/adapters/command.ts";
import { TRAFFIC_RELEASE, type Workload } from "../../src/domain/workload.ts";
import { chartPath } from "../../src/lib/paths.ts";
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

/** One object of a chart, as helm renders it for the tests' namespace. */
async function render<const S extends v.GenericSchema>(schema: S, template: string, args: readonly string[]) {
  const command = ["-n", NAMESPACE, "template", ...args, "--show-only", `templates/${template}`];
  return v.parse(schema, parse(await run("helm", command)));
}

/** The file of rules: the recorded expressions and the alerts of echo-traffic. */
export async function ruleFile(): Promise<string> {
  const args = [TRAFFIC_RELEASE, chartPath(TRAFFIC_RELEASE), "--set", "alerts.enabled=true"];
  return stringify((await render(PrometheusRule, "prometheusrule.yaml", args)).spec);
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

/** The pod monitor of a workload, as its chart has it. */
export function podMonitor({ name, service, color, version }: Workload): Promise<PodMonitor> {
  const values = ["registry=any", `color=${color}`, `version=${version}`];
  return render(PodMonitor, "podmonitor.yaml", [
    ...[name, chartPath(service), "--set", "podMonitor.enabled=true"],
    ...values.flatMap((value) => ["--set-string", value]),
  ]);
}

/** The pods that a monitor selects, as a service discovery of Prometheus answers. They are reached through the API server. */
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
