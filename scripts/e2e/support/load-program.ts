// Runs alone inside a pod: `node --input-type=module-typescript --eval`. It keeps a steady load on its targets and
// answers what came of it: any path but / begins new counts, and GET / reads those begun last, once their requests have
// ended. So one that hangs for 10 s counts where it began.
import { Agent, createServer, get, type RequestOptions } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const CONNECTIONS = 32;
/** Pause of one keep-alive connection between its requests, and of the one that connects anew each time, in ms. */
const KEEP_ALIVE_PAUSE_MS = 100;
const NEW_CONNECTION_PAUSE_MS = 20;
const TIMEOUT_MS = 10_000;

const targets = (process.env.TARGETS ?? "").split(",");
const empty = () => ({
  total: 0,
  failed: 0,
  failures: new Array<string>(),
  lastSeen: new Map<string, number>(),
});
let counts = empty();
const inFlight = new Set<Promise<void>>();

function ask(url: string, options: RequestOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let phase = "connecting";
  const request = get(url, { ...options, timeout: TIMEOUT_MS }, (response) => {
    const { socket } = response;
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (body += chunk));
    response.on("error", reject);
    response.on("end", () => {
      if (response.statusCode === 200) return resolve(body);
      // It may lead to what the name no longer leads to: a gateway that answers 404 for ever.
      socket.destroy();
      reject(new Error(`${response.statusCode} ${body.trim()}`));
    });
  });
  request.on("finish", () => (phase = "waiting for the answer"));
  request.on("timeout", () => request.destroy(new Error(`timed out while ${phase}`)));
  request.on("error", reject);
  return promise;
}

async function askAndCount(url: string, options: RequestOptions): Promise<void> {
  const mine = counts;
  mine.total++;
  try {
    const body = await ask(url, options);
    const version = /"backend":"([^"]*)"/.exec(body)?.[1] ?? /"version":"([^"]*)"/.exec(body)?.[1] ?? "none";
    mine.lastSeen.set(`${url} ${version}`, Date.now());
  } catch (error) {
    mine.failed++;
    const kind = options.agent ? "keep-alive" : "new connection";
    if (mine.failures.length < 20)
      mine.failures.push(`${new Date().toISOString()} ${url} ${kind}: ${String(error)}`);
  }
}

async function worker(url: string, options: RequestOptions, pauseMs: number): Promise<void> {
  for (;;) {
    const request = askAndCount(url, options);
    inFlight.add(request);
    await request;
    inFlight.delete(request);
    await pause(pauseMs);
  }
}

for (const url of targets) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  for (let i = 0; i < CONNECTIONS; i++) void worker(url, { agent }, KEEP_ALIVE_PAUSE_MS);
  void worker(url, { agent: false }, NEW_CONNECTION_PAUSE_MS);
}

async function read(): Promise<string> {
  const mine = counts;
  const now = Date.now();
  await Promise.all(inFlight);
  return JSON.stringify({ ...mine, lastSeen: Object.fromEntries(mine.lastSeen), now });
}

createServer((request, response) => {
  if (request.url === "/") {
    void read().then((text) => response.end(text));
  } else {
    counts = empty();
    response.end();
  }
}).listen(8080);
