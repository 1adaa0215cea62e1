import * as v from "valibot";

const Amounts = v.optional(v.record(v.string(), v.string()), {});
const Selector = v.pipe(
  v.object({ matchExpressions: v.optional(v.array(v.object({ scopeName: v.string() })), []) }),
  v.transform(({ matchExpressions }) => matchExpressions.map(({ scopeName }) => scopeName)),
);

/** A ResourceQuota of Kubernetes. All its scopes are in `scopes`. */
export const Quota = v.object({
  metadata: v.object({ name: v.string(), namespace: v.optional(v.string(), "") }),
  spec: v.pipe(
    v.object({
      hard: Amounts,
      scopes: v.optional(v.array(v.string()), []),
      scopeSelector: v.optional(Selector, {}),
    }),
    v.transform(({ hard, scopes, scopeSelector }) => ({ hard, scopes: [...scopes, ...scopeSelector] })),
  ),
  /** Without `used` as long as Kubernetes has not counted yet. */
  status: v.optional(v.object({ used: Amounts }), {}),
});
export type Quota = v.InferOutput<typeof Quota>;

const ALIASES: Readonly<Record<string, string>> = {
  cpu: "requests.cpu",
  memory: "requests.memory",
  "ephemeral-storage": "requests.ephemeral-storage",
};

/** A quota may name a resource in several ways: `cpu` and `requests.cpu`, `pods` and `count/pods`. */
export function resourceOf(name: string): string {
  return ALIASES[name] ?? name.replace(/^count\//, "");
}
