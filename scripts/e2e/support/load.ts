import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { BACKEND_VERSIONS } from "../../src/domain/version.ts";
import { cluster, NAMESPACE, registry } from "./system.ts";

const POD = "load";
const Stats = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    total: v.number(),
    failed: v.number(),
    failures: v.array(v.string()),
    /** When each target last answered each version, in ms of the pod's clock: "URL VERSION" to time. */
    lastSeen: v.record(v.string(), v.number()),
    now: v.number(),
  }),
);
export type Stats = v.InferOutput<typeof Stats>;
const Running = v.object({ status: v.object({ podIP: v.string() }) });

/** A pod that keeps 32 keep-alive connections, and one that connects anew for each request, busy at each target. */
export async function startLoad(targets: readonly string[]) {
  const { kubectl, jumpbox } = cluster;
  const program = await readFile(new URL("load-program.ts", import.meta.url), "utf8");
  await kubectl.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: POD, namespace: NAMESPACE },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name: POD,
          // Node is all it needs, and this image is there.
          image: `${registry}/echo-backend:${BACKEND_VERSIONS.blue}`,
          command: ["/usr/local/bin/node", "--input-type=module-typescript", "--eval", program],
          env: [{ name: "TARGETS", value: targets.join(",") }],
          readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  await kubectl.run(["wait", "-n", NAMESPACE, "--for=condition=Ready", `pod/${POD}`, "--timeout=120s"]);
  const { status } = await kubectl.get(Running, ["pod", POD, "-n", NAMESPACE]);
  // Longer than the program waits for a request that hangs.
  const ask = (path: string) =>
    jumpbox.exec(["curl", "-sS", "--max-time", "20", `http://${status.podIP}:8080${path}`]);
  return {
    /** What came of the requests that were begun since the last reset. */
    stats: async (): Promise<Stats> => v.parse(Stats, await ask("/")),
    /** Counts anew from here. */
    reset: () => ask("/reset"),
    stop: () => kubectl.run(["delete", "pod", POD, "-n", NAMESPACE, "--wait"]),
  };
}

export type Load = Awaited<ReturnType<typeof startLoad>>;
