import type { Cluster } from "../adapters/cluster.ts";
import { CURL_FORMAT, parseSample } from "../domain/sample.ts";
import { type ServiceName, serviceUrl, TRAFFIC_RELEASE } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import type { Switch } from "./switch.ts";
import { applyTraffic, readTraffic } from "./traffic-release.ts";

/** Few enough requests at a time that sampling does not measure its own queue. */
const PARALLEL = 4;
const REQUEST_TIMEOUT_SECONDS = 2;

/** The switch of a service in a cluster: its weights are values of the helm release echo-traffic. */
export function openClusterSwitch(service: ServiceName, cluster: Cluster): Switch {
  const part = service === "echo-backend" ? "backend" : "frontend";
  const url = serviceUrl(service, cluster.namespace);
  return {
    stableName: url,

    read: async () => {
      const values = await readTraffic(cluster);
      if (!values)
        throw new UserError(
          `Namespace ${cluster.namespace} has no stable name yet (helm release ${TRAFFIC_RELEASE}). \`pnpm release\` installs it, with blue live.`,
        );
      const enabled = part === "backend" || values.frontend.enabled;
      return { mode: values.mode, weights: values[part].weights, enabled };
    },

    setWeights: ({ blue, green }) =>
      applyTraffic(cluster, {
        typedValues: {
          [`${part}.weights.blue`]: blue,
          [`${part}.weights.green`]: green,
          ...(part === "frontend" && { "frontend.enabled": true }),
        },
      }),

    // Through the jumpbox, each request on its own connection.
    sample: async (count, signal) => {
      const curl = [
        ...["curl", "-s", "-Z", "--parallel-max", String(PARALLEL)],
        ...["--max-time", String(REQUEST_TIMEOUT_SECONDS), "-H", "Connection: close"],
        ...["-o", "/dev/null", "-w", CURL_FORMAT, `${url}/?[1-${count}]`],
      ];
      // curl fails if any request does, but a failed request is a sample too.
      const output = await cluster.jumpbox.exec(["bash", "-c", '"$@" || :', "bash", ...curl], { signal });
      return output.split("\n").map(parseSample);
    },
  };
}
