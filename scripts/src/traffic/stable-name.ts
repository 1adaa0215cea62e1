import * as v from "valibot";
import { isInProgress } from "../adapters/helm.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { chartPath, type ServiceName, serviceUrl, TRAFFIC_RELEASE, workload } from "../names.ts";
import { CURL_FORMAT, parseSample, type Sample } from "./sample.ts";
import type { Weights } from "./weights.ts";

export const MODES = ["service", "gateway", "mesh"] as const;

const Colors = v.object({ weights: v.object({ blue: v.number(), green: v.number() }) });
const Values = v.object({
  mode: v.picklist(MODES),
  backend: Colors,
  frontend: v.object({ ...Colors.entries, enabled: v.boolean() }),
});
export type Mode = (typeof MODES)[number];

/** Requests at once, so that sampling is quick and does not measure its own queue. */
const PARALLEL = 4;
const REQUEST_TIMEOUT_SECONDS = 2;

export type StableName = ReturnType<typeof openStableName>;

/** One stable name and the weights behind it, as the release echo-traffic has them. */
export function openStableName(service: ServiceName, { helm, jumpbox, namespace }: Cluster) {
  const part = service === "echo-backend" ? "backend" : "frontend";
  const url = serviceUrl(service, namespace);
  const upgrade = async (
    typedValues: Record<string, number | boolean>,
    values: Record<string, string> = {},
  ): Promise<void> => {
    const change = { release: TRAFFIC_RELEASE, chart: chartPath(TRAFFIC_RELEASE), values, typedValues };
    try {
      await helm.apply(change);
    } catch (error) {
      if (!isInProgress(error)) throw error;
      // Whoever holds the lock is alone: this is what an upgrade left that the API server broke off.
      await helm.rollback(TRAFFIC_RELEASE);
      await helm.apply(change);
    }
  };

  return {
    service,
    url,
    /** The releases behind the name, by colour. */
    releases: { blue: workload(service, "blue").name, green: workload(service, "green").name },

    /** Mode and weights now, and whether the name exists. @throws {UserError} where no stable name is installed */
    read: async (): Promise<{ mode: Mode; weights: Weights; enabled: boolean }> => {
      const values = await helm.values(Values, TRAFFIC_RELEASE);
      if (!values)
        throw new UserError(
          `There is no stable name in namespace ${namespace} yet (helm release ${TRAFFIC_RELEASE}). \`pnpm release\` installs it, blue live.`,
        );
      const enabled = part === "backend" || values.frontend.enabled;
      return { mode: values.mode, weights: values[part].weights, enabled };
    },

    /** Changes the weights, and nothing but the release echo-traffic. */
    setWeights: ({ blue, green }: Weights) =>
      upgrade({
        [`${part}.weights.blue`]: blue,
        [`${part}.weights.green`]: green,
        ...(part === "frontend" && { "frontend.enabled": true }),
      }),

    /** Changes how the name leads to the colours. */
    setMode: (mode: Mode, gateway: Readonly<Record<string, string>>) =>
      upgrade(
        {},
        {
          mode,
          ...Object.fromEntries(Object.entries(gateway).map(([name, value]) => [`gateway.${name}`, value])),
        },
      ),

    /** Answers of `count` requests through the jumpbox, each on a connection of its own. */
    sample: async (count: number, signal?: AbortSignal): Promise<Sample[]> => {
      const curl = [
        ...[
          "curl",
          "-s",
          "-Z",
          "--parallel-max",
          String(PARALLEL),
          "--max-time",
          String(REQUEST_TIMEOUT_SECONDS),
        ],
        ...["-o", "/dev/null", "-H", "Connection: close", "-w", CURL_FORMAT, `${url}/?[1-${count}]`],
      ];
      // curl ends with an error when any request fails; a failed one is a sample like any other.
      const output = await jumpbox.exec(["bash", "-c", '"$@" || :', "bash", ...curl], { signal });
      return output.split("\n").map(parseSample);
    },
  };
}
