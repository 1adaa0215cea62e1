import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import * as v from "valibot";
import { waitFor } from "../wait.ts";
import type { Contender } from "./contenders.ts";

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

/** Starts a contender on a core of its own. Its log goes to a file, which costs a write as a container's does. */
export async function startServer(
  { args }: Contender,
  core: number,
  { env = {}, log: logFile = "/dev/null" }: { env?: Record<string, string>; log?: string } = {},
): Promise<Server> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}/`;
  const log = await open(logFile, "w");
  const begin = performance.now();
  const child = spawn("taskset", ["-c", String(core), process.execPath, ...args], {
    env: {
      ...process.env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      NODE_ENV: "production",
      ...env,
    },
    stdio: ["ignore", log.fd, "inherit"],
  });
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
      await log.close();
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
