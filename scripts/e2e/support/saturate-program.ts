// Runs alone inside a pod, as `node --input-type=module-typescript --eval`, so it imports nothing but Node. For some seconds,
// each connection sends its next request when it has a response. It prints the outcome.
import { Agent, get } from "node:http";

const [URL = "", CONNECTIONS, SECONDS] = process.argv.slice(1);
const agent = new Agent({ keepAlive: true, maxSockets: Number(CONNECTIONS) });
const tookMs: number[] = [];
let failed = 0;

function request(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const sent = get(URL, { agent }, (response) => {
    response.on("error", reject);
    response.on("end", () =>
      response.statusCode === 200 ? resolve() : reject(new Error(String(response.statusCode))),
    );
    response.resume();
  });
  sent.on("error", reject);
  return promise;
}

async function client(end: number): Promise<void> {
  for (let start = performance.now(); start < end; start = performance.now()) {
    try {
      await request();
      tookMs.push(performance.now() - start);
    } catch {
      failed++;
    }
  }
}

const begin = performance.now();
const end = begin + Number(SECONDS) * 1000;
await Promise.all(Array.from({ length: Number(CONNECTIONS) }, () => client(end)));
const seconds = (performance.now() - begin) / 1000;
const { user, system } = process.cpuUsage();
tookMs.sort((a, b) => a - b);
const at = (share: number) => tookMs[Math.floor(tookMs.length * share)] ?? 0;
process.stdout.write(
  JSON.stringify({
    failed,
    perSecond: tookMs.length / seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    /** CPU cores that this program itself took. */
    ownCores: (user + system) / 1e6 / seconds,
  }),
);
