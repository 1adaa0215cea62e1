import * as v from "valibot";
import { unlessFailedWith } from "./command.ts";
import { FORBIDDEN, type Kubectl } from "./kubectl.ts";

const Taint = v.object({ effect: v.string() });
const Node = v.object({
  spec: v.object({ taints: v.optional(v.array(Taint), []) }),
  status: v.object({ nodeInfo: v.object({ operatingSystem: v.string(), architecture: v.string() }) }),
});

/**
 * The platforms of the nodes that can run the images, sorted, such as `linux/amd64`. A node that rejects pods without a
 * toleration counts only if all do.
 * @returns undefined without the right to list nodes, or without a node
 */
export async function nodePlatforms({ list }: Pick<Kubectl, "list">): Promise<string[] | undefined> {
  const nodes = (await unlessFailedWith(FORBIDDEN, list(Node, ["nodes"]))) ?? [];
  const linux = nodes.filter(({ status }) => status.nodeInfo.operatingSystem === "linux");
  const open = linux.filter(({ spec }) => spec.taints.every(({ effect }) => effect === "PreferNoSchedule"));
  const usable = open.length > 0 ? open : linux;
  const platforms = usable.map(({ status: { nodeInfo } }) => `linux/${nodeInfo.architecture}`);
  return platforms.length === 0 ? undefined : [...new Set(platforms)].toSorted();
}
