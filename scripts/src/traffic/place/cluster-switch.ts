import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { COLORS } from "../../domain/color.ts";
import { versionIn } from "../../domain/echo.ts";
import { previewHeader } from "../../domain/preview.ts";
import { describeWeights, type Weights } from "../../domain/weights.ts";
import { DEFAULT_CLUSTER_DOMAIN, type ServiceName, serviceUrl, workload } from "../../domain/workload.ts";
import { checkFrontend } from "./frontend-check.ts";
import { listFrontends } from "../stable-name/frontend-deployments.ts";
import { sampleColors, sampleFrontend } from "../sample/jumpbox-sampler.ts";
import { leadsTo } from "../stable-name/names.ts";
import { checkPreview } from "../check/preview-check.ts";
import { checkRoute } from "../stable-name/route-check.ts";
import { readWorkload } from "../check/running-workload.ts";
import type { Follower, Switch } from "./switch.ts";
import { checkTarget, expectedOf } from "../check/target-check.ts";
import {
  openTrafficRelease,
  readTraffic,
  type TrafficChange,
  type TrafficValues,
  weightValues,
} from "../stable-name/traffic-release.ts";
import { versionColors } from "../sample/version-colors.ts";

/** The switch of a service in a cluster: its weights are values of the helm release echo-traffic. */
export function openClusterSwitch(service: ServiceName, cluster: Cluster): Switch {
  const part = service === "echo-backend" ? "backend" : "frontend";
  const url = serviceUrl(service, cluster.namespace);
  const release = openTrafficRelease(cluster);
  const changeOf = (weights: Weights): TrafficChange => ({
    typedValues: weightValues(service, weights),
    description: `${service}: ${describeWeights(weights)}`,
  });
  /** As read last. If someone else changes them later, the next change of the weights fails. */
  let values: TrafficValues | undefined;
  const isEnabled = ({ frontend }: TrafficValues) => part === "backend" || frontend.enabled;
  return {
    stableName: url,
    labels: { namespace: cluster.namespace, service },

    read: async () => {
      values = await release.read();
      return { mode: values.mode, weights: values[part].weights, enabled: isEnabled(values) };
    },

    setWeights: (weights, confirm) => release.apply(changeOf(weights), confirm),
    manifest: (weights) => release.manifest(weights && changeOf(weights)),

    sample: sampleColors(cluster.jumpbox, url),
    ready: async (color) => (await readWorkload(workload(service, color).name, cluster))?.pods.length ?? 0,
    checkTarget: (color, need, options) => checkTarget(workload(service, color), need, cluster, options),
    checkPath: async (color, signal) => {
      values ??= await release.read();
      if (values.mode !== "gateway" || !isEnabled(values)) return;
      await checkRoute({ service, values }, cluster);
      if (!values.preview.enabled) return;
      const expected = await expectedOf(workload(service, color), cluster);
      const request = () => cluster.jumpbox.request([url], { headers: [previewHeader(color)], signal });
      await checkPreview(url, expected, request, { signal });
    },
    // A GitOps tool may have rendered the chart without a helm release.
    followers: async (onNote) => {
      const { clusterDomain = DEFAULT_CLUSTER_DOMAIN } = values ?? (await readTraffic(cluster)) ?? {};
      return findFollowers(service, clusterDomain, cluster, onNote);
    },

    readiness: async (color) => {
      const running = await readWorkload(workload(service, color).name, cluster);
      return running ? `${running.pods.length}/${running.wanted}` : "not deployed";
    },

    version: async (color) => {
      const [response] = await cluster.jumpbox.request([
        serviceUrl(workload(service, color).name, cluster.namespace),
      ]);
      return versionIn(response?.body);
    },
  };
}

const Version = v.object({ version: v.string() });

/** The frontends whose pods have a name of the service as their `BACKEND`. */
async function findFollowers(
  service: ServiceName,
  clusterDomain: string,
  cluster: Cluster,
  onNote: (text: string) => void,
): Promise<Follower[]> {
  const { helm, jumpbox, namespace } = cluster;
  const frontends = (await listFrontends(cluster)).filter(({ backends }) =>
    backends.some((backend) => leadsTo(backend, service, { namespace, clusterDomain })),
  );
  if (frontends.length === 0) return [];
  const [blue, green] = await Promise.all(
    COLORS.map(async (color) => (await helm.values(Version, workload(service, color).name))?.version),
  );
  const colors = versionColors({ blue, green });
  const followers = frontends.flatMap(({ name, readyReplicas }) => {
    if (readyReplicas === 0) {
      onNote(`${name} has no ready pods: this shift does not wait for it.`);
      return [];
    }
    return [{ name, sample: sampleFrontend(jumpbox, serviceUrl(name, namespace), colors) }];
  });
  // With two versions, a sample without a colour is a failed request, which the shift waits out.
  if (colors.size === 0) for (const follower of followers) await checkFrontend(follower);
  return followers;
}
