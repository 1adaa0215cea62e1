import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import * as v from "valibot";
import { waitFor } from "../wait.ts";
import type { Contender } from "./contenders.ts";

export const SERVER_CORE = 0;
export const LOAD_CORE = 1;
const START_TIMEOUT_MS = 20_000;
const START_INTERVAL_MS = 1;
const Address = v.object({ port: v.number() });

/** A contender that runs and answers. */
export interface Server extends AsyncDisposable {
  url: string;
  /** From spawn to the first 200, in ms. */
  startMs: number;
  /** Resident memory, in MiB. */
  memory: () => Promise<number>;
}

/** Starts a contender on a core. As a container's log does, its log goes to another process, on the load's core. */
export async function startServer(
  { args }: Contender,
  core: number,
  env: Readonly<Record<string, string>>,
): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}/`;
  const begin = performance.now();
  const child = spawn("taskset", ["-c", String(core), process.execPath, ...args], {
    env: {
      ...process.env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      NODE_ENV: "production",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  spawn("taskset", ["-c", String(LOAD_CORE), "cat"], { stdio: [child.stdout, "ignore", "inherit"] });
  const ended = once(child, "exit");
  const answered = await waitFor(() => answers(url), {
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: START_INTERVAL_MS,
  });
  if (!answered) throw new Error(`${args.join(" ")} gave no 200 within ${START_TIMEOUT_MS} ms`);
  return {
    url,
    startMs: answered - begin,
    memory: () => residentMemory(child.pid ?? 0),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function answers(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, { headers: { connection: "close" } });
    await response.text();
    return response.status === 200 ? performance.now() : undefined;
  } catch {
    return undefined;
  }
}

async function residentMemory(pid: number): Promise<number> {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = v.parse(Address, server.address());
  server.close();
  await once(server, "close");
  return port;
}
