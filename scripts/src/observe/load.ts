import { connectCluster } from "../adapters/checks.ts";
import type { Cluster, ClusterOptions } from "../adapters/cluster.ts";
import type { Color } from "../domain/color.ts";
import { CURL_FORMAT, CURL_PARALLEL, parseSample } from "../domain/sample.ts";
import { serviceUrl, workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, timeOfDay } from "../lib/terminal.ts";
import { pause } from "../lib/wait.ts";
import { LoadResults } from "./load-results.ts";
import { createLiveView } from "./live-view.ts";
import { LOAD_NEEDS } from "./rights.ts";
import { describeCpu, describeReplicas, readScale, type Scale } from "./scale.ts";

const READ_EVERY_MS = 3000;

/**
 * The loop runs as bash in the jumpbox. Each quarter of a second it sends its share of the requests over new connections, 32
 * at a time, so that new pods get their share. Slow responses delay the next requests: an overloaded service gets no
 * further load. The loop ends after its time, or when stdin closes because this process ended.
 */
const LOOP = `url=$0 rate=$1 end=$((SECONDS + $2)) quarters=0 sent=0
while ((SECONDS < end)) && ! read -rt 0; do
  sleep 0.25 &
  due=$((rate * ++quarters / 4 - sent)) sent=$((sent + due))
  ((due == 0)) || curl -s "\${@:4}" --parallel-max 32 --max-time 5 -o /dev/null -w "$3" "$url[1-$due]" 2>/dev/null
  wait
done`;

export interface LoadOptions extends ClusterOptions {
  color: Color;
  /** Requests per second. */
  rate: number;
  /** In ms. */
  duration: number;
}

/** Loads a URL (default: the frontend) from the jumpbox, and shows how the frontend scales in the meantime. */
export async function load(
  given: string | undefined,
  { color, rate, duration, ...options }: LoadOptions,
  { signal, live }: Context,
): Promise<void> {
  const cluster = await connectCluster(options, LOAD_NEEDS, { signal });
  const { name } = workload("echo-frontend", color);
  // The loop appends the number of the request.
  const url = new URL(given ?? serviceUrl(name, cluster.namespace));
  url.searchParams.append("load", "");
  const before = await readScale(name, cluster);
  await cluster.jumpbox.ensure();
  if (!before.autoscaler)
    print(`${name} has no autoscaler: its number of pods stays. docs/operations.md says how to add one.`);

  const done = new AbortController();
  const end = AbortSignal.any([signal, done.signal]);
  const results = new LoadResults();
  const onLine = (line: string) => results.add(parseSample(line));
  const seconds = String(Math.ceil(duration / 1000));
  const loop = ["bash", "-c", LOOP, url.href, String(rate), seconds, CURL_FORMAT, ...CURL_PARALLEL];
  // When either ends, so does the other.
  const stop = () => done.abort();
  const [most] = await Promise.all([
    showScale(name, cluster, results, live, end).finally(stop),
    cluster.jumpbox.stream(loop, onLine, end).finally(stop),
  ]);
  print(`\n${results.toString()}\nreplicas: ${before.replicas} before, ${most} at most`);
}

/** Shows the scale every few seconds, until `signal`. @returns the highest number of pods */
async function showScale(
  name: string,
  cluster: Cluster,
  results: LoadResults,
  live: boolean,
  signal: AbortSignal,
): Promise<number> {
  const show = createLiveView(live);
  const start = performance.now();
  let before: Scale | undefined;
  let most = 0;
  let last = start;
  while (!signal.aborted) {
    const scale = await readScale(name, cluster).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!scale) break;
    const now = performance.now();
    const rate = results.takeNew() / ((now - last) / 1000);
    last = now;
    const speed = `${rate.toFixed(0)} requests/s`;
    const lines = [describeReplicas(scale), describeCpu(scale), speed, results.toString()];
    const seconds = `${((now - start) / 1000).toFixed(0)} s`;
    const change = describeChange(before, scale);
    const plain = [change ?? [], `${seconds} | ${lines.join(" | ")}`].flat();
    show({ change, live: [...lines, `${seconds}, Ctrl-C quits`], plain });
    before = scale;
    most = Math.max(most, scale.replicas);
    await pause(READ_EVERY_MS, signal).catch(() => undefined);
  }
  return most;
}

function describeChange(before: Scale | undefined, { replicas }: Scale): string | undefined {
  if (!before || before.replicas === replicas) return undefined;
  return `${before.replicas} → ${replicas} replicas at ${timeOfDay()}`;
}
