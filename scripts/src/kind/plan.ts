import { type Container, containers } from "../adapters/containers.ts";
import { kind } from "../adapters/kind.ts";
import { changed, type Task } from "../lib/tasks.ts";

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

/** Plans what is missing for a cluster that pulls `localhost:5000/…`. */
export function planKind({ registry, nodes }: KindState): Task[] {
  const { name, image, port } = REGISTRY;
  const tasks: Task[] = [];
  const plan = (title: string, work: () => Promise<string>) => tasks.push(task(title, work));
  if (!registry)
    plan(`Run the registry ${image} as container ${name}, at localhost:${port}`, () =>
      containers.runService(REGISTRY),
    );
  if (registry?.running === false) plan(`Restart the container ${name}`, () => containers.start(name));
  if (nodes)
    plan(`Point the kubeconfig at the kind cluster ${CLUSTER}, which already exists`, () =>
      kind.use(CLUSTER),
    );
  else plan(`Create the kind cluster ${CLUSTER}, and point the kubeconfig at it`, () => kind.create(CLUSTER));
  // The network exists only with the cluster.
  if (!registry?.networks.includes(NETWORK))
    plan(`Connect the container ${name} to the network ${NETWORK}`, () => containers.connect(name, NETWORK));
  // In a node, localhost is the node itself. This file names the registry's container (containerd's docs/hosts.md).
  const file = `/etc/containerd/certs.d/localhost:${port}/hosts.toml`;
  const content = `[host."http://${name}:${port}"]`;
  for (const node of nodes ?? [`${CLUSTER}-control-plane`])
    plan(`Point the node ${node} at the registry: ${content} in ${file}`, () =>
      containers.writeFile(node, file, `${content}\n`),
    );
  return tasks;
}

/** Plans the removal of what exists. */
export function planDelete({ registry, nodes }: KindState): Task[] {
  const { name } = REGISTRY;
  const cluster = task(`Delete the kind cluster ${CLUSTER}, with everything in it`, () =>
    kind.delete(CLUSTER),
  );
  const container = task(`Remove the container ${name}, with all its images`, () => containers.remove(name));
  return [...(nodes ? [cluster] : []), ...(registry ? [container] : [])];
}

function task(title: string, work: () => Promise<string>): Task {
  const run = async () => {
    await work();
    return changed("done");
  };
  return { title, run };
}
