import { setTimeout as pause } from "node:timers/promises";
import { type Cluster, type ClusterOptions, openCluster } from "../cluster/cluster.ts";
import { UserError } from "../errors.ts";
import { parseHttpUrl } from "../http-url.ts";
import { interruption } from "../interrupt.ts";
import { serviceUrl, workload } from "../names.ts";
import { preflight } from "../release/preflight.ts";
import { print } from "../terminal.ts";
import { CURL_FORMAT, parseSample } from "../traffic/sample.ts";
import type { Color } from "../versions.ts";
import { Results } from "./results.ts";
import { readScale, type Scale } from "./scale.ts";
import { createLoadView } from "./view.ts";

const MAX_RATE = 300;
const MAX_DURATION_MS = 60 * 60_000;
const LOOK_EVERY_MS = 3000;

/**
 * In the jumpbox: each quarter of a second its share of the requests, over new connections, 32 at once, so that new pods
 * get theirs. What takes longer delays what is next: an overloaded service is not loaded further. It ends by itself, or
 * when its stdin closes because this side went away.
 */
const LOOP = `url=$0 rate=$1 end=$((SECONDS + $2)) quarters=0 asked=0
while ((SECONDS < end)) && ! read -rt 0; do
  sleep 0.25 &
  due=$((rate * ++quarters / 4 - asked)) asked=$((asked + due))
  ((due == 0)) || curl -s -Z --parallel-max 32 --max-time 5 -o /dev/null -w "$3" "$url[1-$due]" 2>/dev/null
  wait
done`;

export interface LoadOptions extends ClusterOptions {
  color: Color;
  /** Requests per second. */
  rate: number;
  /** In ms. */
  duration: number;
}

/** Loads a URL (the frontend's by default) from the jumpbox, and shows how its frontend scales meanwhile. */
export async function load(
  given: string | undefined,
  { color, rate, duration, ...options }: LoadOptions,
): Promise<void> {
  const cluster = openCluster(options);
  const { name } = workload("echo-frontend", color);
  const url = targetOf(given ?? serviceUrl(name, cluster.namespace));
  if (duration < 1000 || duration > MAX_DURATION_MS)
    throw new UserError(`--duration is ${duration / 1000} s, allowed is 1s to ${MAX_DURATION_MS / 60_000}m`);
  await preflight({ cluster });
  const before = await readScale(name, cluster);
  await cluster.jumpbox.ensure();
  if (!before.autoscaler)
    print(`${name} has no autoscaler: its number of pods stays. docs/operations.md says how to give it one.`);

  const done = new AbortController();
  const end = AbortSignal.any([interruption(), done.signal]);
  const results = new Results();
  const onLine = (line: string) => results.add(parseSample(line));
  const loop = ["bash", "-c", LOOP, url, String(rate), String(Math.ceil(duration / 1000)), CURL_FORMAT];
  // When either ends, so does the other.
  const stop = () => done.abort();
  const [most] = await Promise.all([
    lookOn(name, cluster, results, end).finally(stop),
    cluster.jumpbox.stream(loop, onLine, end).finally(stop),
  ]);
  print(`\n${results.toString()}\nreplicas: ${before.replicas} before, ${most} at most`);
}

/** The URL, to which the number of a request is appended. @throws {UserError} */
function targetOf(text: string): string {
  const url = parseHttpUrl(text);
  if (!url) throw new UserError(`${JSON.stringify(text)} is not a URL that begins with http:// or https://`);
  url.searchParams.append("load", "");
  return url.href;
}

/** Reads a rate as it is typed. @throws {UserError} */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (!/^\d+$/.test(text) || rate < 1 || rate > MAX_RATE)
    throw new UserError(
      `${JSON.stringify(text)} is no rate, allowed is a whole number of requests a second from 1 to ${MAX_RATE}`,
    );
  return rate;
}

/** Shows a moment every few seconds, until `signal`. @returns the most pods there were */
async function lookOn(
  name: string,
  cluster: Cluster,
  results: Results,
  signal: AbortSignal,
): Promise<number> {
  const show = createLoadView();
  const start = performance.now();
  let before: Scale | undefined;
  let most = 0;
  let last = start;
  while (!signal.aborted) {
    const scale = await readScale(name, cluster);
    const now = performance.now();
    const rate = results.takeNew() / ((now - last) / 1000);
    last = now;
    show({ seconds: (now - start) / 1000, rate, scale, results }, changeOf(before, scale));
    before = scale;
    most = Math.max(most, scale.replicas);
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return most;
}

function changeOf(before: Scale | undefined, { replicas }: Scale): string | undefined {
  if (!before || before.replicas === replicas) return undefined;
  return `${before.replicas} → ${replicas} replicas at ${new Date().toTimeString().slice(0, 8)}`;
}
