import { run } from "./command.ts";

/** kind: Kubernetes whose nodes are containers. */
export const kind = {
  /** Such as `0.31.0`. @throws {CommandError} if kind is not installed */
  version: async (): Promise<string> => {
    const text = await run("kind", ["version"], { timeout: 15_000 });
    return /v(\d+\.\d+\.\d+)/.exec(text)?.[1] ?? text;
  },

  clusters: async () => lines(await run("kind", ["get", "clusters"])),

  /** The names of the containers that are a cluster's nodes. */
  nodes: async (cluster: string) => lines(await run("kind", ["get", "nodes", "--name", cluster])),

  /** Creates a cluster, points the kubeconfig at it, and waits until its node is ready. */
  create: (cluster: string) => run("kind", ["create", "cluster", "--name", cluster, "--wait", "180s"]),

  /** Points the kubeconfig at a cluster. */
  use: (cluster: string) => run("kind", ["export", "kubeconfig", "--name", cluster]),

  delete: (cluster: string) => run("kind", ["delete", "cluster", "--name", cluster]),
};

function lines(text: string): string[] {
  return text.split("\n").filter(Boolean);
}
