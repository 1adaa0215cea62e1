import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import { controlLocal } from "../adapters/local-control.ts";
import { localUrl, PORTS } from "../domain/ports.ts";
import { serviceUrl, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print } from "../lib/terminal.ts";
import { createLiveView, latencyLine, shareBars } from "./live-view.ts";
import { WATCH_NEEDS } from "./rights.ts";
import { mainColor, STABLE_FRONTEND } from "./stable-frontend.ts";
import { Tally } from "./tally.ts";
import { watchLocal } from "./watch-local.ts";
import { parseResponse, WATCH_FORMAT, type WatchedResponse } from "./watched-response.ts";

/** The loop runs as bash in the jumpbox. Its pause reads stdin, so that the loop ends when this process does. */
const LOOP = `while :; do
  curl -sS --max-time 5 -w "$1" "$0" 2>/dev/null | tr -d '\\n'; echo
  read -rt 0.25; [ $? -gt 128 ] || exit 0
done`;

export interface WatchOptions extends ClusterOptions {
  json?: boolean;
  /** From this machine, by default to the frontend of the running `pnpm dev`. */
  local?: boolean;
}

/**
 * Sends a request every 0.25 s to a URL (default: the frontend) and shows each response: through the jumpbox, or from this
 * machine.
 * @throws {UserError} if the default is local and no `pnpm dev` runs
 */
export async function watch(
  given: string | undefined,
  { json = false, local = false, ...options }: WatchOptions,
  { signal, live }: Context,
): Promise<void> {
  const tally = new Tally();
  const show = createLiveView(live);
  const onResponse = (response: WatchedResponse) => {
    const change = tally.add(response);
    if (json) return print(JSON.stringify(response));
    const body = response.body || "no response";
    const plain = [`${body}   ${tally.toString()}`, change ?? []].flat();
    // Some terminals say 0, because they do not know it.
    const columns = process.stdout.columns || Infinity;
    show({ change, live: [...describeLive(tally, columns), body], plain });
  };
  if (local) await watchLocal(given ?? (await localFrontend()), onResponse, signal);
  else await watchInCluster(given, options, onResponse, signal);
  print(json ? JSON.stringify(tally.summary()) : `\n${tally.describe()}`);
}

async function watchInCluster(
  given: string | undefined,
  options: ClusterOptions,
  onResponse: (response: WatchedResponse) => void,
  signal: AbortSignal,
): Promise<void> {
  const cluster = await connectCluster(options, WATCH_NEEDS, { signal });
  const url = given ?? (await defaultUrl(cluster));
  await cluster.jumpbox.ensure();
  const onLine = (line: string) => onResponse(parseResponse(line));
  await cluster.jumpbox.stream(["bash", "-c", LOOP, url, WATCH_FORMAT], onLine, signal);
}

/** The frontend of the running `pnpm dev`. @throws {UserError} if none runs */
async function localFrontend(): Promise<string> {
  await controlLocal({ method: "GET" });
  return localUrl(PORTS.frontend.port);
}

/** The frontend's stable name, which a shift moves. Before it exists: the blue frontend. */
async function defaultUrl(cluster: Cluster): Promise<string> {
  const isStable = (await mainColor(cluster)) !== undefined;
  const name = isStable ? STABLE_FRONTEND : workload("echo-frontend", "blue").name;
  return serviceUrl(name, cluster.namespace);
}

function describeLive(tally: Tally, columns: number): string[] {
  return [
    "the last 10 seconds:",
    ...shareBars(tally.recent(), columns),
    latencyLine(tally.latencies, columns),
    `over all: ${tally.toString()}`,
  ];
}
