// Runs alone inside a pod, as `node --input-type=module-typescript --eval`, so it imports nothing but Node. It keeps a
// steady load on its targets and serves the counts. Any path but / starts new counts. GET / returns the current ones once
// all their requests have ended, so a request that hangs counts where it started.
import { Agent, createServer, get, type RequestOptions } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const CONNECTIONS = 32;
/** Pauses between two requests of a keep-alive connection, and between two new connections, in ms. */
const KEEP_ALIVE_PAUSE_MS = 200;
const NEW_CONNECTION_PAUSE_MS = 20;
/** Ends a request that hangs; a slow machine does not reach it. */
const TIMEOUT_MS = 30_000;

const targets = (process.env.TARGETS ?? "").split(",");
const empty = () => ({
  total: 0,
  failed: 0,
  failures: new Array<string>(),
  lastSeen: new Map<string, number>(),
});
let counts = empty();
const inFlight = new Set<Promise<void>>();

function request(url: string, options: RequestOptions): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let phase = "connecting";
  const sent = get(url, { ...options, timeout: TIMEOUT_MS }, (response) => {
    const { socket } = response;
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (chunk: string) => (body += chunk));
    response.on("error", reject);
    response.on("end", () => {
      if (response.statusCode === 200) return resolve(body);
      // The connection may lead to a gateway that has lost the route and answers 404 for ever.
      socket.destroy();
      reject(new Error(`${response.statusCode} ${body.trim()}`));
    });
  });
  sent.on("finish", () => (phase = "waiting for the response"));
  sent.on("timeout", () => sent.destroy(new Error(`timed out while ${phase}`)));
  sent.on("error", reject);
  return promise;
}

async function requestAndCount(url: string, options: RequestOptions): Promise<void> {
  const own = counts;
  const connection = options.agent ? "keep-alive" : "new";
  own.total++;
  try {
    const body = await request(url, options);
    const version = /"backend":"([^"]*)"/.exec(body)?.[1] ?? /"version":"([^"]*)"/.exec(body)?.[1] ?? "none";
    own.lastSeen.set(`${url} ${connection} ${version}`, Date.now());
  } catch (error) {
    own.failed++;
    if (own.failures.length < 20)
      own.failures.push(`${new Date().toISOString()} ${url} ${connection} connection: ${String(error)}`);
  }
}

async function worker(url: string, options: RequestOptions, pauseMs: number): Promise<void> {
  for (;;) {
    const pending = requestAndCount(url, options);
    inFlight.add(pending);
    await pending;
    inFlight.delete(pending);
    await pause(pauseMs);
  }
}

for (const url of targets) {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  for (let i = 0; i < CONNECTIONS; i++) void worker(url, { agent }, KEEP_ALIVE_PAUSE_MS);
  void worker(url, { agent: false }, NEW_CONNECTION_PAUSE_MS);
}

async function read(): Promise<string> {
  const own = counts;
  const now = Date.now();
  await Promise.all(inFlight);
  return JSON.stringify({ ...own, lastSeen: Object.fromEntries(own.lastSeen), now });
}

createServer((incoming, response) => {
  if (incoming.url === "/") {
    void read().then((text) => response.end(text));
  } else {
    counts = empty();
    response.end();
  }
}).listen(8080);
