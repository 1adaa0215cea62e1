/** Verbs by resource, as `kubectl auth can-i` has them: `deployments.apps`, `pods/exec`. */
export type Rights = Readonly<Record<string, readonly string[]>>;

/** What a command must be allowed to do. */
export interface Needs {
  /** In the namespace of the services, unless `everywhere` is set. */
  rights: Rights;
  /** Whether it sends requests from the jumpbox, whose namespace may be another one. */
  usesJumpbox: boolean;
  /** Whether it removes the jumpbox. Default: false. */
  removesJumpbox?: boolean;
  /** Whether it needs the rights in all namespaces. Default: false. */
  everywhere?: boolean;
}

/** A single right, in a namespace or (undefined) in all. */
export interface Right {
  namespace: string | undefined;
  resource: string;
  verb: string;
}

/** The rights of several groups together, without repetitions. */
export function together(...groups: readonly Rights[]): Rights {
  const verbs = new Map<string, Set<string>>();
  for (const [resource, more] of groups.flatMap((group) => Object.entries(group)))
    verbs.set(resource, new Set([...(verbs.get(resource) ?? []), ...more]));
  return Object.fromEntries(Array.from(verbs, ([resource, all]) => [resource, [...all]]));
}

/** The same verbs for several resources. */
export function each(resources: readonly string[], verbs: readonly string[]): Rights {
  return Object.fromEntries(resources.map((resource) => [resource, verbs]));
}

/** One entry for each verb. */
export function listed(rights: Rights, namespace: string | undefined): Right[] {
  return Object.entries(rights).flatMap(([resource, verbs]) =>
    verbs.map((verb) => ({ namespace, resource, verb })),
  );
}

/** `get, list deployments.apps; create pods/exec` */
export function describeRights(rights: readonly Right[]): string {
  const verbs = Map.groupBy(rights, ({ resource }) => resource);
  return Array.from(verbs, ([resource, all]) => `${all.map(({ verb }) => verb).join(", ")} ${resource}`).join(
    "; ",
  );
}

/** Helm keeps each revision of a release in a Secret. */
export const READ_RELEASES: Rights = { secrets: ["get", "list"] };
export const WRITE_RELEASES: Rights = { secrets: ["get", "list", "create", "update", "delete"] };

/** The jumpbox: `kubectl wait` lists and watches its pod. */
export const USE_JUMPBOX: Rights = { pods: ["get", "list", "watch", "create"], "pods/exec": ["create"] };

export const REMOVE_JUMPBOX: Rights = { pods: ["get", "list", "watch", "delete"] };

/** What helm does to each object of a release, and waits for. */
export const CHANGE = ["get", "list", "watch", "create", "patch", "delete"] as const;
