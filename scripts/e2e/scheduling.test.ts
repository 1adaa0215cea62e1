import { expect, onTestFinished, test } from "vitest";
import { describeRefusal, type Node, type Pod, whilePodsFit } from "./support/scheduling.ts";
import { cluster, NAMESPACE } from "./support/system.ts";

// The tests' own wait for pods: it must name the reason instead of running into its limit.

const NODE: Node = { metadata: { name: "node" }, status: { allocatable: { cpu: "2" } } };
const REFUSAL = "0/1 nodes are available: 1 Insufficient cpu.";

interface PodOptions {
  name: string;
  cpu: string;
  node?: string;
  deletionTimestamp?: string;
  message?: string;
}

function pod({ name, cpu, node, deletionTimestamp, message }: PodOptions): Pod {
  const refusal = { type: "PodScheduled", status: "False", message: message ?? "" };
  return {
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: { app: name.replace(/-\d$/, "") },
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: {
      containers: [{ resources: { requests: { cpu } } }],
      ...(node !== undefined && { nodeName: node }),
    },
    status: {
      phase: node === undefined ? "Pending" : "Running",
      conditions: message === undefined ? [] : [refusal],
    },
  };
}

const REFUSED = pod({ name: "new-1", cpu: "200m", message: REFUSAL });
const FULL = [
  pod({ name: "small-1", cpu: "100m", node: "node" }),
  pod({ name: "large-1", cpu: "900m", node: "node" }),
  pod({ name: "large-2", cpu: "900m", node: "node" }),
];

test("a refused pod is reported with what holds the CPU, the largest first", () => {
  expect(describeRefusal([REFUSED, ...FULL], [NODE])).toBe(
    [
      `The pod ${NAMESPACE}/new-1 cannot be scheduled: ${REFUSAL}`,
      "It requests 200m of CPU. The nodes have 2000m, requested by:",
      `  1800m  ${NAMESPACE}/large (2 pods)`,
      `  100m  ${NAMESPACE}/small (1 pods)`,
    ].join("\n"),
  );
});

test("a refused pod is not reported while another pod terminates", () => {
  const terminating = pod({ name: "old-1", cpu: "0", node: "node", deletionTimestamp: "2026-01-01" });
  expect(describeRefusal([REFUSED, ...FULL, terminating], [NODE])).toBeUndefined();
});

test("a refused pod is not reported when it fits by now", () => {
  expect(describeRefusal([REFUSED, ...FULL.slice(1, 2)], [NODE])).toBeUndefined();
});

test("a pod that is refused for another reason than its CPU is reported although it fits", () => {
  const refused = pod({ name: "new-1", cpu: "0", message: "1 node(s) had untolerated taints" });
  expect(describeRefusal([refused], [NODE])).toContain("untolerated taints");
});

test("a wait fails with the scheduler's message when the node cannot hold the pod, and its work ends", async () => {
  const name = "too-large";
  await cluster.kubectl.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
      containers: [
        {
          name,
          image: "nginx",
          resources: { requests: { cpu: "64" } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      ],
    },
  });
  onTestFinished(async () => void (await cluster.kubectl.run(["delete", "pod", name, "-n", NAMESPACE])));
  let ended: AbortSignal | undefined;
  const waiting = whilePodsFit((signal) => {
    ended = signal;
    const args = ["wait", "-n", NAMESPACE, "--for=condition=Ready", `pod/${name}`, "--timeout=1h"];
    return cluster.kubectl.run(args, { signal });
  });
  await expect(waiting).rejects.toThrow(
    /too-large cannot be scheduled: .*Insufficient cpu[^]*requests 64000m of CPU/,
  );
  expect(ended?.aborted).toBe(true);
});
