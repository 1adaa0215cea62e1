import * as v from "valibot";

const Condition = v.object({
  type: v.string(),
  status: v.string(),
  reason: v.optional(v.string(), ""),
  message: v.optional(v.string(), ""),
  /** The generation of the object that the controller has judged. */
  observedGeneration: v.optional(v.number()),
});
const Conditions = v.optional(v.array(Condition), []);
type Conditions = v.InferOutput<typeof Conditions>;
const Metadata = v.object({ name: v.string(), namespace: v.string(), generation: v.number() });

export const Gateway = v.object({
  kind: v.literal("Gateway"),
  metadata: Metadata,
  spec: v.object({ gatewayClassName: v.string() }),
  status: v.optional(
    v.object({
      conditions: Conditions,
      listeners: v.optional(v.array(v.object({ name: v.string(), conditions: Conditions })), []),
      addresses: v.optional(v.array(v.object({ type: v.optional(v.string(), ""), value: v.string() })), []),
    }),
    {},
  ),
});
export type Gateway = v.InferOutput<typeof Gateway>;

export const ParentRef = v.object({
  kind: v.optional(v.string()),
  name: v.string(),
  namespace: v.optional(v.string()),
  sectionName: v.optional(v.string()),
  port: v.optional(v.number()),
});
type ParentRef = v.InferOutput<typeof ParentRef>;

export const RouteStatus = v.optional(
  v.object({ parents: v.optional(v.array(v.object({ parentRef: ParentRef, conditions: Conditions })), []) }),
  {},
);

export const Route = v.object({
  kind: v.literal("HTTPRoute"),
  metadata: Metadata,
  spec: v.object({ parentRefs: v.array(ParentRef), hostnames: v.array(v.string()) }),
  status: RouteStatus,
});
export type Route = v.InferOutput<typeof Route>;

export const GatewayClass = v.object({
  metadata: v.object({ name: v.string() }),
  spec: v.optional(v.object({ controllerName: v.string() })),
  status: v.optional(v.object({ conditions: Conditions }), {}),
});

/** Why no controller serves a class, in its controller's words; undefined if one does. */
export function classProblem({ spec, status }: v.InferOutput<typeof GatewayClass>): string | undefined {
  const accepted = status.conditions.find(({ type }) => type === "Accepted");
  if (accepted === undefined || accepted.status === "True") return undefined;
  return accepted.status === "Unknown"
    ? `its controller ${spec?.controllerName ?? ""} has not accepted it`
    : describe(accepted);
}

/** Why a Gateway cannot take traffic, in its controller's words; undefined if it can. */
export function gatewayProblem({ metadata, spec, status }: Gateway): string | undefined {
  const { conditions, listeners } = status;
  const name = `Gateway ${metadata.name}`;
  const problem = firstProblem(conditions, ["Accepted", "Programmed"], metadata.generation);
  if (problem === undefined) return undefined;
  // Before a controller writes, a Gateway has no conditions, or those that the API server fills in.
  if (conditions.every(({ status: state, reason }) => state === "Unknown" && reason === "Pending"))
    return `${name}: no controller has responded; none seems to handle the GatewayClass "${spec.gatewayClassName}"`;
  const details = listeners.flatMap((listener) =>
    listener.conditions
      .filter(({ type, status: state }) => state === (type === "Conflicted" ? "True" : "False"))
      .map((condition) => `listener ${listener.name}: ${describe(condition)}`),
  );
  return [`${name}: ${problem}`, ...details].join("; ");
}

/** Why a route does not lead to its backends, in the controller's words; undefined if it does. */
export function routeProblem({ metadata, spec, status }: Route): string | undefined {
  const name = `HTTPRoute ${metadata.name}`;
  for (const parent of spec.parentRefs) {
    const entries = status.parents.filter(({ parentRef }) => isSame(parentRef, parent, metadata.namespace));
    if (entries.length === 0)
      return `${name}: no controller has responded for its Gateway ${parent.namespace ?? metadata.namespace}/${parent.name}`;
    for (const { conditions } of entries) {
      const problem = firstProblem(conditions, ["Accepted", "ResolvedRefs"], metadata.generation);
      if (problem !== undefined) return `${name}: ${problem}`;
    }
  }
  return undefined;
}

/** Why a Gateway rejects a route, in its controller's words; undefined if none does. */
export function refusalOf({ parents }: Route["status"]): string | undefined {
  const refused = parents
    .flatMap(({ conditions }) => conditions)
    .find(({ type, status }) => type === "Accepted" && status === "False");
  return refused && describe(refused);
}

/** The DNS name that a controller has given to a Gateway; undefined if it has none. */
export function dnsNameOf({ status }: Gateway): string | undefined {
  return status.addresses.find(({ type }) => type === "Hostname")?.value;
}

function firstProblem(
  conditions: Conditions,
  types: readonly string[],
  generation: number,
): string | undefined {
  for (const type of types) {
    const condition = conditions.find((one) => one.type === type);
    if (condition === undefined) return `the condition ${type} is missing`;
    if ((condition.observedGeneration ?? generation) < generation)
      return `the condition ${type} is of an earlier generation`;
    if (condition.status !== "True") return describe(condition);
  }
  return undefined;
}

/** `Accepted is False, PortUnavailable: no matching entryPoint` */
function describe({ type, status, reason, message }: Conditions[number]): string {
  return [`${type} is ${status}, ${reason}`, message].filter(Boolean).join(": ");
}

function isSame(a: ParentRef, b: ParentRef, namespace: string): boolean {
  return (
    a.name === b.name &&
    (a.namespace ?? namespace) === (b.namespace ?? namespace) &&
    a.sectionName === b.sectionName &&
    a.port === b.port
  );
}
