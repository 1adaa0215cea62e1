import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import * as v from "valibot";
import { pinned } from "../../src/adapters/taskset.ts";
import { waitFor } from "../../src/lib/wait.ts";
import { BARE_HTTP, type Contender } from "./contenders.ts";

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
const START_TIMEOUT_MS = 20_000;
const START_INTERVAL_MS = 1;
const Address = v.object({ port: v.number() });
/** Two servers that start at the same time must not get the same port. */
const usedPorts = new Set<number>();

/** A contender that runs and responds. */
export interface Server extends AsyncDisposable {
  url: string;
  /** From spawn to the first 200, in ms. */
  startMs: number;
  /** Resident memory, in MiB. */
  memory: () => Promise<number>;
  /** CPU time of all its threads so far, in seconds. */
  cpuSeconds: () => Promise<number>;
}

/** Starts a contender alone on its core. Its backend, if it has one, shares the core of the load. */
export async function startContender(contender: Contender, backendDelayMs = 0): Promise<Server> {
  if (!contender.hop) return await startServer(contender, SERVER_CORE, {});
  const backend = await startServer(BARE_HTTP, LOAD_CORE, { DELAY_MS: String(backendDelayMs) });
  const server = await startServer(contender, SERVER_CORE, { BACKEND: backend.url });
  const stop = async () => {
    await server[Symbol.asyncDispose]();
    await backend[Symbol.asyncDispose]();
  };
  return { ...server, [Symbol.asyncDispose]: stop };
}

/**
 * Starts a program on a core. Another process on the load's core reads its log, as in a container.
 * @throws {Error} if it exits, or gives no 200 before `signal` aborts (default: after 20 s); it is stopped then
 */
export async function startServer(
  { args }: Contender,
  core: number,
  env: Readonly<Record<string, string>>,
  signal = AbortSignal.timeout(START_TIMEOUT_MS),
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const begin = performance.now();
  const child = spawn(...pinned(core, process.execPath, ...args), {
    env: {
      ...process.env,
      PORT: String(port),
      ADMIN_PORT: "0",
      NODE_ENV: "production",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  spawn(...pinned(LOAD_CORE, "cat"), { stdio: [child.stdout, "ignore", "inherit"] });
  const exited = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    process.off("exit", kill);
  };
  try {
    await waitFor(() => hasResponse(url, child), {
      timeoutMs: Infinity,
      intervalMs: START_INTERVAL_MS,
      signal,
    });
  } catch (cause) {
    await stop();
    throw new Error(`No 200 from \`node ${args.join(" ")}\``, { cause });
  }
  const startMs = performance.now() - begin;
  const pid = child.pid ?? 0;
  return {
    url,
    startMs,
    memory: () => residentMemory(pid),
    cpuSeconds: () => cpuSeconds(pid),
    [Symbol.asyncDispose]: stop,
  };
}

async function hasResponse(url: string, { exitCode }: ChildProcess): Promise<true | undefined> {
  if (exitCode !== null) throw new Error(`The server exited with ${exitCode} before its first response.`);
  try {
    const response = await fetch(url, { headers: { connection: "close" } });
    await response.text();
    return response.status === 200 || undefined;
  } catch {
    return undefined;
  }
}

async function residentMemory(pid: number): Promise<number> {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

/** From schedstat, in ns: /proc/<pid>/stat counts ticks of 10 ms, too coarse for a round of one second. */
async function cpuSeconds(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const times = await Promise.all(
    threads.map(async (thread) => {
      const [nanoseconds] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, "utf8")).split(" ");
      return Number(nanoseconds) / 1e9;
    }),
  );
  return times.reduce((sum, seconds) => sum + seconds, 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = v.parse(Address, server.address());
  server.close();
  await once(server, "close");
  if (usedPorts.has(port)) return await freePort();
  usedPorts.add(port);
  return port;
}
