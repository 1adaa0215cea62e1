import * as v from "valibot";
import { startNodePod } from "./node-pod.ts";
import { cluster, NAMESPACE } from "./system.ts";

const { kubectl } = cluster;

/** Port on which each waiting pod accepts connections. */
export const WAITING_PORT = 4318;
const SERVER = `require("node:net").createServer().listen(${WAITING_PORT})`;

/** Targets are `name: [host, port]`. A connection that a policy drops gets no response at all. */
const CONNECT = `
  const open = ([host, port]) => new Promise((resolve, reject) => {
    const socket = require("node:net").connect({ host, port, timeout: 3000 });
    const end = (isOpen) => { socket.destroy(); resolve(isOpen); };
    socket.on("connect", () => end(true)).on("timeout", () => end(false));
    socket.on("error", (error) => error.syscall === "getaddrinfo" ? reject(error) : end(false));
  });
  const targets = Object.entries(JSON.parse(process.argv[1]));
  Promise.all(targets.map(async ([name, target]) => [name, await open(target)]))
    .then((results) => console.log(JSON.stringify(Object.fromEntries(results))));
`;
const Reached = v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.boolean()));

export type Targets = Readonly<Record<string, readonly [host: string, port: number]>>;

/** Which targets a pod can connect to. Its image must contain Node. */
export async function reach(pod: string, targets: Targets, namespace = NAMESPACE) {
  const command = ["/usr/local/bin/node", "--eval", CONNECT, "--", JSON.stringify(targets)];
  return v.parse(Reached, await kubectl.exec(namespace, pod, command));
}

/** The same result for each target. */
export function each(targets: Targets, isOpen: boolean): Record<string, boolean> {
  return Object.fromEntries(Object.keys(targets).map((name) => [name, isOpen]));
}

/** Starts a pod that accepts connections and does nothing else. */
export async function startWaitingPod(name: string, labels: Record<string, string>, namespace = NAMESPACE) {
  await startNodePod({ name, namespace, labels, command: ["/usr/local/bin/node", "--eval", SERVER] });
}

const Running = v.object({ status: v.object({ podIP: v.string() }) });

/** The address of a pod. */
export async function addressOf(pod: string, namespace = NAMESPACE): Promise<string> {
  return (await kubectl.get(Running, ["pod", pod, "-n", namespace])).status.podIP;
}
