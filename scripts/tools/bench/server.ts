import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { LOAD_CORE, pinned, SERVER_CORE } from "../../src/adapters/taskset.ts";
import { isPortFree } from "../../src/lib/port.ts";
import { waitFor } from "../../src/lib/wait.ts";
import { BARE_HTTP, type Contender } from "./contenders.ts";
import { cpuSeconds } from "./cpu.ts";

const START_TIMEOUT_MS = 20_000;
/** Below the ports that the system gives to clients. */
let nextPort = 20_000;

/** A contender that runs and responds. */
export type Server = Awaited<ReturnType<typeof startServer>>;

/** Starts a contender alone on its core. Its backend, if it has one, shares the core of the load. */
export async function startContender(
  contender: Contender,
  { backendDelayMs = 0, env = {} }: { backendDelayMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<Server> {
  if (!contender.hop) return await startServer(contender, SERVER_CORE, env);
  await using started = new AsyncDisposableStack();
  const backend = started.use(await startServer(BARE_HTTP, LOAD_CORE, { DELAY_MS: String(backendDelayMs) }));
  const server = started.use(await startServer(contender, SERVER_CORE, { ...env, BACKEND: backend.url }));
  const both = started.move();
  return {
    ...server,
    allSeconds: async () => (await server.allSeconds()) + (await backend.allSeconds()),
    [Symbol.asyncDispose]: () => both.disposeAsync(),
  };
}

/**
 * Starts a program on a core. Another process on the load's core reads its log, as in a container.
 * @throws {Error} if it exits, or gives no 200 before `signal` aborts (default: after 20 s); it is stopped then
 */
export async function startServer(
  { command }: Contender,
  core: number,
  env: NodeJS.ProcessEnv,
  signal = AbortSignal.timeout(START_TIMEOUT_MS),
) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const begin = performance.now();
  const child = spawn(...pinned(core, ...command), {
    env: { ...process.env, PORT: String(port), ADMIN_PORT: "0", NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reader = spawn(...pinned(LOAD_CORE, "cat"), { stdio: [child.stdout, "ignore", "inherit"] });
  const exited = once(child, "exit");
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    kill();
    await exited;
    process.off("exit", kill);
  };
  try {
    await waitFor(() => hasResponse(url, child), { timeoutMs: Infinity, intervalMs: 1, signal });
  } catch (cause) {
    await stop();
    throw new Error(`No 200 from \`${command.join(" ")}\``, { cause });
  }
  const pid = child.pid ?? 0;
  return {
    url,
    /** From spawn to the first 200, in ms. */
    startMs: performance.now() - begin,
    /** Resident memory, in MiB. */
    memory: () => residentMemory(pid),
    /** CPU time of all its threads so far, in seconds. */
    cpuSeconds: () => cpuSeconds(pid),
    /** The same, with the reader of its log and its backend. */
    allSeconds: async () => (await cpuSeconds(pid)) + (await cpuSeconds(reader.pid ?? 0)),
    /** Shuts it down as Kubernetes does. Node then writes its compile cache. */
    terminate: async () => {
      child.kill("SIGTERM");
      await exited;
    },
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

/** A port that no other server of this process gets, even if both start at the same time. */
async function freePort(): Promise<number> {
  const port = nextPort++;
  return (await isPortFree(port)) ? port : await freePort();
}
