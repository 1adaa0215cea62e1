import {
  describeRights,
  listed,
  type Needs,
  REMOVE_JUMPBOX,
  type Right,
  USE_JUMPBOX,
} from "../domain/rights.ts";
import type { Check } from "../lib/preflight.ts";
import type { Cluster } from "./cluster.ts";
import { unlessFailedWith } from "./command.ts";
import { FORBIDDEN } from "./kubectl.ts";

/** The manifest with every right that the commands need. */
const ROLE = "docs/classroom/role.yaml";

/** Whether this user has the rights of a command. A user who may not ask for that finds out from the command itself. */
export async function checkRights({ kubectl, namespace, jumpbox }: Cluster, needs: Needs): Check {
  const wanted = [
    ...listed(needs.rights, needs.everywhere ? undefined : namespace),
    ...(needs.usesJumpbox ? listed(USE_JUMPBOX, jumpbox.namespace) : []),
    ...(needs.removesJumpbox ? listed(REMOVE_JUMPBOX, jumpbox.namespace) : []),
  ];
  return describe((await unlessFailedWith(FORBIDDEN, findMissing(wanted, kubectl))) ?? []);
}

/** The rights that this user lacks. Nobody needs a right on an API that the cluster does not have. */
async function findMissing(wanted: readonly Right[], kubectl: Cluster["kubectl"]): Promise<Right[]> {
  const allowed = await kubectl.reviewAccess(wanted.map(attributesOf));
  const missing = wanted.filter((_, index) => allowed[index] === false);
  if (missing.every(({ resource }) => groupOf(resource) === "")) return missing;
  const groups = await kubectl.apiGroups();
  return missing.filter(({ resource }) => groups.has(groupOf(resource)));
}

function describe(missing: readonly Right[]) {
  if (missing.length === 0) return undefined;
  const places = Map.groupBy(missing, ({ namespace }) => namespace);
  return {
    problem: Array.from(places, ([namespace, rights]) => {
      const place = namespace === undefined ? "all namespaces" : `namespace ${namespace}`;
      return `this user lacks rights in ${place}: ${describeRights(rights)}`;
    }).join("\n    "),
    remedy: places.has(undefined)
      ? "Only a user with these rights in all namespaces can run this, such as an administrator."
      : `Use a namespace of yours (--namespace or ECHO_NAMESPACE), or ask for the Role in ${ROLE}: see docs/classroom.md.`,
  };
}

function groupOf(resource: string): string {
  return resource.split(".").slice(1).join(".");
}

/** The attributes of a SelfSubjectAccessReview. */
function attributesOf({ namespace, resource: name, verb }: Right) {
  const [path = ""] = name.split(".");
  const [resource, subresource = ""] = path.split("/");
  return { namespace, verb, group: groupOf(name), resource, subresource };
}
