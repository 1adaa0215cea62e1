import { connectCluster } from "../adapters/checks.ts";
import type { Cluster } from "../adapters/cluster.ts";
import type { CurlResponse } from "../adapters/curl-responses.ts";
import type { Color } from "../domain/color.ts";
import { plainLine } from "../domain/plain-text.ts";
import { localUrl, PORTS } from "../domain/ports.ts";
import { PREVIEW_HEADER, previewHeader } from "../domain/preview.ts";
import { serviceUrl, TRAFFIC_RELEASE, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { fetchLocal } from "./sample/local-sampler.ts";
import type { PlaceOptions } from "./place/open-place.ts";
import { PREVIEW_NEEDS } from "./rights.ts";
import { readWorkload } from "./check/running-workload.ts";
import { openTrafficRelease, type TrafficValues } from "./stable-name/traffic-release.ts";

const REQUESTS = 5;

/** Where a preview goes, and how to send one of its requests. */
interface Destination {
  url: string;
  /** The options that select its place again. */
  flags: string;
  /** Undefined, or the status 0: no response. */
  request: () => Promise<Omit<CurlResponse, "closes"> | undefined>;
}

/**
 * Sends requests to a colour, whatever the weights are, and prints the responses.
 * @param given the URL of a frontend or of a stable name. Default: the frontend, or the backends' stable name without one
 * @throws {UserError} if another colour responds, or a response is an error
 */
export async function preview(
  color: Color,
  given: string | undefined,
  { local = false, ...options }: PlaceOptions,
  { signal }: Pick<Context, "signal">,
): Promise<void> {
  const { url, flags, request } = local
    ? localDestination(color, given)
    : await clusterDestination(
        color,
        given,
        await connectCluster(options, PREVIEW_NEEDS, { signal }),
        signal,
      );
  print(`${url} with the header ${previewHeader(color)}:`);
  let [others, failed] = [0, 0];
  for (let sent = 0; sent < REQUESTS; sent++) {
    signal.throwIfAborted();
    const response = await request();
    print(response?.status ? `${response.status} ${plainLine(response.body.trim())}` : "no response");
    if (!response?.status || response.status >= 500) failed++;
    else if ((response.backendColor || response.color) !== color) others++;
  }
  if (others > 0)
    throw new UserError(
      `${others} of ${REQUESTS} responses did not come from ${color}. The URL must lead to the stable name of the backends, and a frontend must pass the header on. If it is older than this command, release it again: pnpm release:frontend${flags}`,
    );
  if (failed > 0) throw new UserError(`${failed} of ${REQUESTS} requests to ${color} failed.`);
  print(`All ${REQUESTS} responses came from ${color}.`);
}

function localDestination(color: Color, url = localUrl(PORTS.frontend.port)): Destination {
  return { url, flags: "", request: () => fetchLocal(url, { headers: { [PREVIEW_HEADER]: color } }) };
}

async function clusterDestination(
  color: Color,
  given: string | undefined,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Destination> {
  const values = await openTrafficRelease(cluster).read();
  if (values.mode !== "gateway")
    throw new UserError(
      "Mode service has no preview: a plain Service cannot read a header. See pnpm shift mode gateway --help.",
    );
  if (!values.preview.enabled)
    throw new UserError(
      `The preview is off: expected the value preview.enabled=true in the helm release ${TRAFFIC_RELEASE}.`,
    );
  const { jumpbox } = cluster;
  await jumpbox.ensure(signal);
  const url = given ?? (await defaultUrl(values, cluster));
  return {
    url,
    flags: cluster.flags,
    request: async () => (await jumpbox.request([url], { headers: [previewHeader(color)], signal }))[0],
  };
}

/** What a user requests: the frontend by its stable name, or before that exists, by its colour. */
async function defaultUrl({ frontend }: TrafficValues, cluster: Cluster): Promise<string> {
  if (frontend.enabled) return serviceUrl("echo-frontend", cluster.namespace);
  const { name } = workload("echo-frontend", "blue");
  const deployed = await readWorkload(name, cluster);
  return serviceUrl(deployed ? name : "echo-backend", cluster.namespace);
}
