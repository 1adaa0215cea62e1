// Runs alone inside a pod, as `node --input-type=module-typescript --eval`, so it imports nothing but Node. It is the
// other clients of a service during an attack: for some seconds it sends requests to the echo port, each on a new connection or
// on one that stays open, and liveness probes to the admin port. It prints the outcome.
import { Agent, get, type RequestOptions } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const [HOST = "", PORT, ADMIN_PORT, SECONDS] = process.argv.slice(1);
const PAUSE_MS = 25;
const TIMEOUT_MS = 10_000;

function request(options: RequestOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const sent = get({ host: HOST, agent: false, timeout: TIMEOUT_MS, ...options }, (response) => {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (body += chunk));
    response.on("error", reject);
    response.on("end", () =>
      response.statusCode === 200 ? resolve(body) : reject(new Error(String(response.statusCode))),
    );
  });
  sent.on("timeout", () => sent.destroy(new Error("timeout")));
  // The service may have closed an idle connection. Clients then repeat the request on a new one: RFC 9112, 9.3.1.
  sent.on("error", (error: NodeJS.ErrnoException) => {
    const idleClosed = sent.reusedSocket && error.code === "ECONNRESET";
    return idleClosed ? resolve(request({ ...options, agent: false })) : reject(error);
  });
  return promise;
}

/** Sends one request after the other until the end. */
async function client(options: RequestOptions) {
  const tookMs: number[] = [];
  const failures: string[] = [];
  while (performance.now() < end) {
    const start = performance.now();
    await request(options).catch((error: unknown) => failures.push(String(error)));
    tookMs.push(performance.now() - start);
    await pause(PAUSE_MS);
  }
  tookMs.sort((a, b) => a - b);
  return {
    requests: tookMs.length,
    failures: failures.slice(0, 10),
    p99: Math.round(tookMs[Math.floor(tookMs.length * 0.99)] ?? 0),
    max: Math.round(tookMs.at(-1) ?? 0),
  };
}

/** The most resident memory of the service, in MiB. */
async function memory(): Promise<number> {
  let most = 0;
  while (performance.now() < end) {
    const metrics = await request({ port: ADMIN_PORT, path: "/metrics" }).catch(() => "");
    most = Math.max(most, Number(/^process_resident_memory_bytes\{.*\} (\S+)$/m.exec(metrics)?.[1] ?? 0));
    await pause(500);
  }
  return Math.round(most / 1024 / 1024);
}

const end = performance.now() + Number(SECONDS) * 1000;
const [fresh, keepAlive, liveness, memoryMiB] = await Promise.all([
  client({ port: PORT }),
  client({ port: PORT, agent: new Agent({ keepAlive: true, maxSockets: 1 }) }),
  client({ port: ADMIN_PORT, path: "/livez" }),
  memory(),
]);
process.stdout.write(JSON.stringify({ fresh, keepAlive, liveness, memoryMiB }));
