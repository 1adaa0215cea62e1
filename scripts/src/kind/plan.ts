import type { Container } from "../adapters/containers.ts";

/** The name of the cluster. Its context is kind-echo. */
export const CLUSTER = "echo";
export const REGISTRY = { name: "echo-registry", image: "registry:3", port: 5000 };
/** The Docker network of kind's nodes. */
const NETWORK = "kind";

/** What exists of the cluster and its registry. */
export interface KindState {
  registry: Container | undefined;
  /** The containers that are the cluster's nodes; undefined without a cluster. */
  nodes: readonly string[] | undefined;
}

export type KindStep =
  | { kind: "run registry"; name: string; image: string; port: number }
  | { kind: "start registry"; name: string }
  | { kind: "create cluster"; cluster: string }
  | { kind: "use cluster"; cluster: string }
  | { kind: "connect"; name: string; network: string }
  | { kind: "write"; node: string; file: string; content: string }
  | { kind: "delete cluster"; cluster: string }
  | { kind: "remove registry"; name: string };

/** Plans what is missing for a cluster that pulls `localhost:5000/…`. */
export function planKind({ registry, nodes }: KindState): KindStep[] {
  const { name, port } = REGISTRY;
  return [
    ...(registry ? [] : [{ kind: "run registry", ...REGISTRY } as const]),
    ...(registry?.running === false ? [{ kind: "start registry", name } as const] : []),
    { kind: nodes ? "use cluster" : "create cluster", cluster: CLUSTER },
    // The network exists only with the cluster.
    ...(registry?.networks.includes(NETWORK) ? [] : [{ kind: "connect", name, network: NETWORK } as const]),
    ...(nodes ?? [`${CLUSTER}-control-plane`]).map(
      (node) =>
        ({
          kind: "write",
          node,
          // In a node, localhost is the node itself. This file names the registry's container (containerd's docs/hosts.md).
          file: `/etc/containerd/certs.d/localhost:${port}/hosts.toml`,
          content: `[host."http://${name}:${port}"]\n`,
        }) as const,
    ),
  ];
}

/** Plans the removal of what exists. */
export function planDelete({ registry, nodes }: KindState): KindStep[] {
  return [
    ...(nodes ? [{ kind: "delete cluster", cluster: CLUSTER } as const] : []),
    ...(registry ? [{ kind: "remove registry", name: REGISTRY.name } as const] : []),
  ];
}

/** A step as the printed plan shows it. */
export function describeStep(step: KindStep): string {
  switch (step.kind) {
    case "run registry":
      return `Run the registry ${step.image} as container ${step.name}, at localhost:${step.port}`;
    case "start registry":
      return `Restart the container ${step.name}`;
    case "create cluster":
      return `Create the kind cluster ${step.cluster}, and point the kubeconfig at it`;
    case "use cluster":
      return `Point the kubeconfig at the kind cluster ${step.cluster}, which already exists`;
    case "connect":
      return `Connect the container ${step.name} to the network ${step.network}`;
    case "write":
      return `Point the node ${step.node} at the registry: ${step.content.trim()} in ${step.file}`;
    case "delete cluster":
      return `Delete the kind cluster ${step.cluster}, with everything in it`;
    case "remove registry":
      return `Remove the container ${step.name}, with all its images`;
  }
}
