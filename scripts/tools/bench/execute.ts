import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wrk, type WrkReport } from "../../src/adapters/wrk.ts";
import { compare, compareStarts, type Comparison, type Pair } from "./compare.ts";
import { type Contender, FRONTEND } from "./contenders.ts";
import { type ImageResult, measureImage } from "./image.ts";
import { openLoad } from "./load.ts";
import { type Growth, MAX_CONNECTIONS, type Step } from "./plan.ts";
import { startContender } from "./server.ts";
import { median } from "./statistics.ts";

/** Idle time before the memory is read. */
const IDLE_MS = 1000;
const IDLE_STARTS = 5;
const GROWTH_SECONDS = 2;
/** For as many connections as take seconds to open. */
const MANY_CONNECTIONS = 1000;
const MANY_CONNECTIONS_SECONDS = 5;
/** The rate that a new process gets, and for how long. */
const NEW_PROCESS_RATE = 2000;
const NEW_PROCESS_SECONDS = 6;
/** The seconds of a new process that count as steady. */
const STEADY_SECONDS = 3;

/** Everything that a run measured. */
export interface Results {
  compared: { ours: string; theirs: string; comparisons: Comparison[] }[];
  /** Idle memory of each start, in MiB. */
  idle: { ours: string; theirs: string; MiB: Pair<number>[] }[];
  /** The p99 of the first second of each new process, and that of its last seconds, in ms. */
  firstSeconds: { server: string; starts: { firstMs: number; steadyMs: number }[] }[];
  growth: (WrkReport & Omit<Growth, "of"> & { server: string; microseconds: number; MiB: number })[];
  /** Empty without docker. */
  images: ImageResult[];
  /** The frontend's memory in MiB at the end of each minute of the soak; empty without one. */
  soaked: number[];
}

/** Takes the measurements of a plan, one after the other. */
export async function execute(
  plan: readonly Step[],
  options: { rounds: number; seconds: number },
): Promise<Results> {
  const results: Results = { compared: [], idle: [], firstSeconds: [], growth: [], images: [], soaked: [] };
  for (const [index, step] of plan.entries()) {
    progress(`${index + 1}/${plan.length} ${step.title}`);
    if (step.kind === "compare") {
      const comparisons = await compare(step.of, step.rates, options);
      results.compared.push({ ...namesOf(step.of), comparisons });
    } else if (step.kind === "idle memory") {
      const starts = await compareStarts(step.of, IDLE_STARTS, IDLE_MS);
      const MiB = starts.map(({ ours, theirs }) => ({ ours: ours.MiB, theirs: theirs.MiB }));
      results.idle.push({ ...namesOf(step.of), MiB });
    } else if (step.kind === "first second")
      results.firstSeconds.push({ server: step.of.name, starts: await firstSeconds(step.of, step.starts) });
    else if (step.kind === "grow") results.growth.push(await grow(step.growth));
    else if (step.kind === "image") results.images.push(await measureImage(step.service, step.starts));
    else results.soaked.push(...(await soak(step)));
  }
  return results;
}

/** Prints progress to stderr, so that stdout has the results alone. */
export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function namesOf({ ours, theirs }: Pair<Contender>) {
  return { ours: ours.name, theirs: theirs.name };
}

/** The first start fills the compile cache, as the build of the image does. */
async function firstSeconds(of: Contender, starts: number) {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const measured: { firstMs: number; steadyMs: number }[] = [];
  for (let start = 0; start <= starts; start++) {
    await using server = await startContender(of, { env: { NODE_COMPILE_CACHE: folder } });
    const { p99MsOfSeconds } = await openLoad(server.url, NEW_PROCESS_RATE, NEW_PROCESS_SECONDS);
    const [firstMs = Number.NaN] = p99MsOfSeconds;
    if (start > 0) measured.push({ firstMs, steadyMs: median(p99MsOfSeconds.slice(-STEADY_SECONDS)) });
    else await server.terminate();
  }
  await rm(folder, { recursive: true });
  return measured;
}

async function grow({ of, delayMs, ...load }: Growth) {
  // Beyond its limit, a service closes connections.
  const env = { MAX_CONNECTIONS: String(Math.max(load.connections, MAX_CONNECTIONS)) };
  await using server = await startContender(of, { backendDelayMs: delayMs, env });
  const seconds = load.connections > MANY_CONNECTIONS ? MANY_CONNECTIONS_SECONDS : GROWTH_SECONDS;
  await wrk(server.url, { ...load, seconds });
  const before = await server.cpuSeconds();
  const report = await wrk(server.url, { ...load, seconds });
  const microseconds = (((await server.cpuSeconds()) - before) * 1e6) / report.requests;
  return { server: of.name, delayMs, ...load, ...report, microseconds, MiB: await server.memory() };
}

async function soak({ minutes, connections }: Step & { kind: "soak" }) {
  await using server = await startContender(FRONTEND);
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    await wrk(server.url, { connections, seconds: 60 });
    memory.push(await server.memory());
    progress(`minute ${minute}: ${memory.at(-1)?.toFixed(0)} MiB`);
  }
  return memory;
}
