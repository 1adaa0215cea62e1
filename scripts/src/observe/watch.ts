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
import { RECENT_SECONDS, Tally } from "./tally.ts";
import { watchLocal } from "./watch-local.ts";
import { parseResponse, WATCH_FORMAT, type WatchedResponse } from "./watched-response.ts";

/** The loop runs as bash in the jumpbox. Its pause reads stdin, so that the loop ends when this process does. */
const LOOP = `while :; do
  curl -sS --max-time 5 -w "$1" "$0" 2>/dev/null | tr -d '\\n'; echo
  read -rt 0.25; [ $? -gt 128 ] || exit 0
done`;

/** How often the live view is computed again, in ms. */
const REFRESH_MS = 1000;
/** From this silence on, the live view names it. */
const SILENT_SECONDS = 2;

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
  let body = "";
  const showLive = (change?: string) => {
    // Some terminals say 0, because they do not know it.
    const columns = process.stdout.columns || Infinity;
    const plain = [`${body}   ${tally.toString()}`, change ?? []].flat();
    show({ change, live: describeLive(tally, body, columns), plain });
  };
  const onResponse = (response: WatchedResponse) => {
    const change = tally.add(response);
    body = response.body || "no response";
    if (json) print(JSON.stringify(response));
    else showLive(change);
  };
  // Also without a response, so that no share is older than it says.
  const refresh = live && !json ? setInterval(() => body !== "" && showLive(), REFRESH_MS) : undefined;
  try {
    if (local) await watchLocal(given ?? (await localFrontend()), onResponse, signal);
    else await watchInCluster(given, options, onResponse, signal);
  } finally {
    clearInterval(refresh);
  }
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

/** @param body of the last response */
function describeLive(tally: Tally, body: string, columns: number): string[] {
  const silence = tally.silence();
  return [
    `the last ${RECENT_SECONDS} seconds:`,
    ...shareBars(tally.recent(), columns),
    latencyLine(tally.latencies, columns),
    `over all: ${tally.toString()}`,
    silence >= SILENT_SECONDS ? `No response for ${silence} s` : body,
  ];
}
