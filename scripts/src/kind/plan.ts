import type { Container } from "../adapters/containers.ts";

/** What `pnpm cluster:kind` makes. kind calls the cluster's context kind-echo. */
export const CLUSTER = "echo";
export const REGISTRY = { name: "echo-registry", image: "registry:3", port: 5000 };
/** The Docker network that kind puts its nodes into. */
const NETWORK = "kind";

/** What of it stands. */
export interface KindState {
  registry: Container | undefined;
  /** The containers that are the cluster's nodes; undefined where there is no cluster. */
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

/** What is missing for a cluster that pulls `localhost:5000/…`, as data. Nothing is done, nothing is asked. */
export function planKind({ registry, nodes }: KindState): KindStep[] {
  const { name, port } = REGISTRY;
  return [
    ...(registry ? [] : [{ kind: "run registry", ...REGISTRY } as const]),
    ...(registry?.running === false ? [{ kind: "start registry", name } as const] : []),
    { kind: nodes ? "use cluster" : "create cluster", cluster: CLUSTER },
    // The network is there once the cluster is.
    ...(registry?.networks.includes(NETWORK) ? [] : [{ kind: "connect", name, network: NETWORK } as const]),
    ...(nodes ?? [`${CLUSTER}-control-plane`]).map(
      (node) =>
        ({
          kind: "write",
          node,
          // To a node, localhost is itself: containerd is told who it means (containerd's docs/hosts.md).
          file: `/etc/containerd/certs.d/localhost:${port}/hosts.toml`,
          content: `[host."http://${name}:${port}"]\n`,
        }) as const,
    ),
  ];
}

/** The way back, as data. */
export function planDelete({ registry, nodes }: KindState): KindStep[] {
  return [
    ...(nodes ? [{ kind: "delete cluster", cluster: CLUSTER } as const] : []),
    ...(registry ? [{ kind: "remove registry", name: REGISTRY.name } as const] : []),
  ];
}

/** A step in the words of the person who reads the plan. */
export function describeStep(step: KindStep): string {
  switch (step.kind) {
    case "run registry":
      return `Run the registry ${step.image} as container ${step.name}, at localhost:${step.port}`;
    case "start registry":
      return `Start the container ${step.name} again`;
    case "create cluster":
      return `Create the kind cluster ${step.cluster}, and point the kubeconfig at it`;
    case "use cluster":
      return `Point the kubeconfig at the kind cluster ${step.cluster}, which stands`;
    case "connect":
      return `Connect the container ${step.name} to the network ${step.network}`;
    case "write":
      return `Tell the node ${step.node} where the registry is: ${step.content.trim()} in ${step.file}`;
    case "delete cluster":
      return `Delete the kind cluster ${step.cluster}, with all that runs in it`;
    case "remove registry":
      return `Remove the container ${step.name}, with all its images`;
  }
}
