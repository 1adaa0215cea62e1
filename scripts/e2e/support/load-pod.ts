import * as v from "valibot";
import { startNodePod } from "./node-pod.ts";
import { programCommand } from "./program.ts";
import { cluster, NAMESPACE } from "./system.ts";

export const LOAD_POD = "load";

const Stats = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    total: v.number(),
    failed: v.number(),
    failures: v.array(v.string()),
    /**
     * The last response from each version, in ms of the pod's clock: "URL CONNECTION VERSION" to time, where CONNECTION
     * is new or keep-alive.
     */
    lastSeen: v.record(v.string(), v.number()),
    now: v.number(),
  }),
);
export type Stats = v.InferOutput<typeof Stats>;
const Running = v.object({ status: v.object({ podIP: v.string() }) });

export type LoadPod = Awaited<ReturnType<typeof startLoadPod>>;

/**
 * Starts a pod that sends requests to each target over 32 keep-alive connections, and over a new connection for each
 * request.
 */
export async function startLoadPod(targets: readonly string[]) {
  const { kubectl, jumpbox } = cluster;
  await startNodePod({
    name: LOAD_POD,
    command: await programCommand("load-pod-program"),
    container: {
      env: [{ name: "TARGETS", value: targets.join(",") }],
      readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
    },
  });
  const { status } = await kubectl.get(Running, ["pod", LOAD_POD, "-n", NAMESPACE]);
  // Longer than the program waits for a request that hangs.
  const get = (path: string) =>
    jumpbox.exec(["curl", "-sS", "--max-time", "60", `http://${status.podIP}:8080${path}`]);
  return {
    /** The outcome of the requests that started since the last reset. */
    stats: async (): Promise<Stats> => v.parse(Stats, await get("/")),
    /** Starts new counts. */
    reset: () => get("/reset"),
    stop: () => kubectl.run(["delete", "pod", LOAD_POD, "-n", NAMESPACE, "--wait"]),
  };
}
