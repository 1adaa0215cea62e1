import type { Cluster } from "../adapters/cluster.ts";
import { connectCluster } from "../adapters/checks.ts";
import type { Color } from "../domain/color.ts";
import { plainLine } from "../domain/plain-text.ts";
import { localUrl, PORTS } from "../domain/ports.ts";
import { PREVIEW_HEADER, previewHeader } from "../domain/preview.ts";
import { serviceUrl, TRAFFIC_RELEASE, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { print } from "../lib/terminal.ts";
import { fetchLocal } from "./local-sampler.ts";
import type { PlaceOptions } from "./open-place.ts";
import { PREVIEW_NEEDS } from "./rights.ts";
import { readWorkload } from "./running-workload.ts";
import { openTrafficRelease, type TrafficValues } from "./traffic-release.ts";

const REQUESTS = 5;

/** Of a frontend, the colour of its backend. Of a backend, its own. One of them is empty. */
const FORMAT = String.raw`\ncolors: %header{x-echo-backend-color} %header{x-echo-color} %{http_code}`;
const OUTPUT = /^([^]*?)\n?colors: (\S*) (\S*) (\d{3})$/;

interface Response {
  status: number;
  body: string;
  /** The header x-echo-backend-color; empty without it. */
  backendColor: string;
  /** The header x-echo-color; empty without it. */
  color: string;
}

/** Where a preview goes, and how to send one of its requests. */
interface Target {
  url: string;
  request: () => Promise<Response | undefined>;
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
  const { url, request } = local
    ? localTarget(color, given)
    : await clusterTarget(color, given, await connectCluster(options, PREVIEW_NEEDS, { signal }), signal);
  print(`${url} with the header ${previewHeader(color)}:`);
  let [others, failed] = [0, 0];
  for (let sent = 0; sent < REQUESTS; sent++) {
    signal.throwIfAborted();
    const response = await request();
    print(response ? `${response.status} ${plainLine(response.body.trim())}` : "no response");
    if (!response || response.status >= 500) failed++;
    else if ((response.backendColor || response.color) !== color) others++;
  }
  if (others > 0)
    throw new UserError(
      `${others} of ${REQUESTS} responses did not come from ${color}. The URL must lead to the stable name of the backends, and a frontend must pass the header on. If it is older than this command, release it again: pnpm release:frontend`,
    );
  if (failed > 0) throw new UserError(`${failed} of ${REQUESTS} requests to ${color} failed.`);
  print(`All ${REQUESTS} responses came from ${color}.`);
}

function localTarget(color: Color, url = localUrl(PORTS.frontend.port)): Target {
  return { url, request: () => fetchLocal(url, { headers: { [PREVIEW_HEADER]: color } }) };
}

async function clusterTarget(
  color: Color,
  given: string | undefined,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Target> {
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
    request: async () => {
      const output = await jumpbox.curl(url, signal, FORMAT, [previewHeader(color)]);
      const [, body = "", backendColor = "", own = "", status] = OUTPUT.exec(output ?? "") ?? [];
      return status === undefined ? undefined : { status: Number(status), body, backendColor, color: own };
    },
  };
}

/** What a user requests: the frontend by its stable name, or before that exists, by its colour. */
async function defaultUrl({ frontend }: TrafficValues, cluster: Cluster): Promise<string> {
  if (frontend.enabled) return serviceUrl("echo-frontend", cluster.namespace);
  const { name } = workload("echo-frontend", "blue");
  const deployed = await readWorkload(name, cluster);
  return serviceUrl(deployed ? name : "echo-backend", cluster.namespace);
}
