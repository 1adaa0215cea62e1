// Sends requests at a fixed mean rate, whether the earlier ones have ended or not, as independent clients do. It runs as a
// process of its own: `node open-load.ts <url> <connections> <seconds> <rate>`, and prints an
// OpenLoadReport as JSON.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { OpenLoadReport } from "./load.ts";
import { quantile } from "./statistics.ts";

/** How long the sender sleeps at most before it looks for responses, in ms. Timers of Node have a resolution of 1 ms. */
const NAP_MS = 0.05;
/** How long the last responses may take, in ms. */
const END_TIMEOUT_MS = 10_000;

/** A free connection sends the oldest request that is due. */
class Client {
  readonly #idle: Socket[];
  /** When each request that waits for a connection was due. */
  readonly #waiting: number[] = [];
  readonly #request: string;
  readonly #onResponse: (dueAt: number) => void;
  pending = 0;

  constructor(sockets: Socket[], host: string, onResponse: (dueAt: number) => void) {
    this.#idle = sockets;
    this.#request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    this.#onResponse = onResponse;
  }

  /** Sends a request that was due at a time, or queues it if no connection is free. */
  send(dueAt: number): void {
    this.pending++;
    const socket = this.#idle.shift();
    if (socket) this.#sendOn(socket, dueAt);
    else this.#waiting.push(dueAt);
  }

  #sendOn(socket: Socket, dueAt: number): void {
    let received = "";
    const receive = (bytes: Buffer) => {
      received += bytes.toString("latin1");
      if (!isComplete(received)) return;
      socket.off("data", receive);
      this.pending--;
      this.#onResponse(dueAt);
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(socket);
      else this.#sendOn(socket, next);
    };
    socket.on("data", receive);
    socket.write(this.#request);
  }
}

function isComplete(response: string): boolean {
  const headersEnd = response.indexOf("\r\n\r\n");
  if (headersEnd < 0) return false;
  if (!response.startsWith("HTTP/1.1 200 ")) fail(response.slice(0, headersEnd));
  const length = /\r\ncontent-length: *(\d+)/i.exec(response)?.[1];
  if (length === undefined) fail("a response has no content-length");
  return response.length >= headersEnd + 4 + Number(length);
}

async function open({ hostname, port }: URL): Promise<Socket> {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  return socket.once("close", () => fail("a connection was closed"));
}

function fail(reason: string): never {
  process.stderr.write(`Requests failed under load: ${reason}\n`);
  process.exit(1);
}

const [target = "", connections, seconds, rate] = process.argv.slice(2);
const url = new URL(target);
const sockets = await Promise.all(Array.from({ length: Number(connections) }, () => open(url)));

const begin = performance.now();
const stop = begin + Number(seconds) * 1000;
const meanGap = 1000 / Number(rate);
const clock = new Int32Array(new SharedArrayBuffer(4));
/** The latencies of the requests that were due in each second. */
const latencies: number[][] = Array.from({ length: Number(seconds) }, () => []);
// They count from the time at which a request was due, so that a slow server does not slow its own measurement.
const client = new Client(sockets, url.host, (dueAt) =>
  latencies[Math.floor((dueAt - begin) / 1000)]?.push(performance.now() - dueAt),
);
/** Exponential gaps: the arrivals of independent clients. */
const nextAfter = (time: number) => time - Math.log(1 - Math.random()) * meanGap;
let due = nextAfter(begin);
let sent = 0;

function run(): void {
  const now = performance.now();
  for (; due <= now && due < stop; due = nextAfter(due)) {
    client.send(due);
    sent++;
  }
  if (now > stop && client.pending === 0) end();
  if (now > stop + END_TIMEOUT_MS) fail(`${client.pending} requests got no response`);
  Atomics.wait(clock, 0, 0, NAP_MS);
  setImmediate(run);
}

function end(): never {
  const all = latencies.flat();
  const report: OpenLoadReport = {
    requests: sent,
    p50Ms: quantile(all, 0.5),
    p99Ms: quantile(all, 0.99),
    p999Ms: quantile(all, 0.999),
    p99MsOfSeconds: latencies.map((second) => quantile(second, 0.99)),
  };
  process.stdout.write(JSON.stringify(report));
  process.exit(0);
}

run();
