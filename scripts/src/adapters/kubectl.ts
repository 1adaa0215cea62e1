import * as v from "valibot";
import { KubeObject } from "../domain/kube-object.ts";
import { UserError } from "../lib/errors.ts";
import { type CommandOptions, parseJson, runOnTerminal, unlessFailedWith } from "./command.ts";
import { type ClientOptions, createClient } from "./api-server.ts";

export type Kubectl = ReturnType<typeof createKubectl>;

/** What kubectl says of a kind that the cluster does not have, such as those of the Gateway API. */
export const NO_SUCH_KIND = /the server doesn't have a resource type/;

/** What kubectl says of a call without the right to it. */
export const FORBIDDEN = /^Error from server \(Forbidden\): /m;

const ServerVersion = v.pipe(v.string(), v.parseJson(), v.object({ gitVersion: v.string() }));

const Groups = v.object({ groups: v.array(v.object({ name: v.string() })) });

/** kubectl in one context. Without retries, each call takes 5 s at most. */
export function createKubectl(options: ClientOptions = {}) {
  const global = [
    ...(options.context ? ["--context", options.context] : []),
    ...(options.retryMs === 0 ? ["--request-timeout=5s"] : []),
  ];
  const { once, withRetries } = createClient("kubectl", global, options);
  // Lines that were already read cannot be taken back.
  const kubectl = (args: readonly string[], call: CommandOptions = {}) =>
    call.onLine ? once(args, call) : withRetries(args, call);
  /** Sends a manifest. @returns the object's new version; undefined if kubectl fails with the message `refusal` */
  const send = (
    verb: "create" | "replace",
    manifest: object,
    refusal: RegExp,
  ): Promise<string | undefined> => {
    const output = "--output=jsonpath={.metadata.resourceVersion}";
    const sent = kubectl([verb, "-f", "-", output], { input: JSON.stringify(manifest) });
    return unlessFailedWith(refusal, sent);
  };
  /** The output of `kubectl get … -o json`, read with `schema`. */
  const get = async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) =>
    parseJson(`kubectl get ${args.join(" ")}`, schema, await kubectl(["get", ...args, "-o", "json"]));

  return {
    /** The start of a kubectl command for the user: `kubectl --context other`. */
    command: ["kubectl", ...(options.context ? ["--context", options.context] : [])].join(" "),

    run: kubectl,

    /** @throws {CommandError} if kubectl is not installed */
    clientVersion: () => once(["version", "--client"], { timeout: 15_000 }),

    /**
     * The version of the API server. Without a kubeconfig, kubectl requests a port of this machine, where any web server may respond.
     * @throws {CommandError} if the cluster does not respond
     * @throws {UserError} if what responds is not an API server
     */
    serverVersion: async (): Promise<string> => {
      const text = await once(["get", "--raw", "/version", "--request-timeout=10s"], { timeout: 15_000 });
      const version = v.safeParse(ServerVersion, text);
      if (version.success) return version.output.gitVersion;
      throw new UserError(`it responds, but not as a Kubernetes API server: ${text.slice(0, 200)}`);
    },

    /**
     * Whether this user has each of some rights, in their order. A cluster may take a while to know of a new right.
     * @param attributes of a SelfSubjectAccessReview
     */
    reviewAccess: async (attributes: readonly object[]): Promise<boolean[]> => {
      const reviews = attributes.map((resourceAttributes) => ({
        apiVersion: "authorization.k8s.io/v1",
        kind: "SelfSubjectAccessReview",
        spec: { resourceAttributes },
      }));
      const output = String.raw`jsonpath={.status.allowed}{"\n"}`;
      const args = ["create", "--validate=false", "-o", output, "-f", "-"];
      return (await kubectl(args, { input: listOf(reviews) })).split("\n").map((line) => line !== "false");
    },

    /** The names of the API groups that the cluster has. The core group is the empty text. */
    apiGroups: async (): Promise<Set<string>> => {
      const { groups } = parseJson(
        "kubectl get --raw /apis",
        Groups,
        await kubectl(["get", "--raw", "/apis"]),
      );
      return new Set(["", ...groups.map(({ name }) => name)]);
    },

    get,

    /** Like `get`, for a list. @returns its items */
    list: async <const S extends v.GenericSchema>(item: S, args: readonly string[]) =>
      (await get(v.object({ items: v.array(item) }), args)).items,

    /** Like `get`; undefined if the object does not exist. */
    find: async <const S extends v.GenericSchema>(schema: S, args: readonly string[]) => {
      const text = await kubectl(["get", ...args, "--ignore-not-found", "-o", "json"]);
      return text === "" ? undefined : parseJson(`kubectl get ${args.join(" ")}`, schema, text);
    },

    apply: (manifest: object) => kubectl(["apply", "-f", "-"], { input: JSON.stringify(manifest) }),

    /** Creates an object. @returns its version; undefined if it already exists */
    create: (manifest: object) => send("create", manifest, /^Error from server \(AlreadyExists\): /m),

    /** Replaces an object. @returns its version; undefined if it is gone, or has changed since the manifest's version */
    replace: (manifest: object) =>
      send("replace", manifest, /^Error from server \((?:Conflict|NotFound)\): /m),

    /** Those of some objects that exist, as they are now. */
    findAll: async (namespace: string, objects: readonly object[]): Promise<KubeObject[]> => {
      if (objects.length === 0) return [];
      const args = ["get", "-n", namespace, "--ignore-not-found", "-o", "json", "-f", "-"];
      const text = await kubectl(args, { input: listOf(objects) });
      if (text === "") return [];
      // kubectl prints a single object without a list.
      const found = parseJson(
        "kubectl get",
        v.union([v.object({ items: v.array(KubeObject) }), KubeObject]),
        text,
      );
      return v.is(KubeObject, found) ? [found] : found.items;
    },

    /** What objects would become if these replaced them, with all defaults of the API server. They must exist. */
    previewReplace: async (namespace: string, objects: readonly object[]): Promise<KubeObject[]> => {
      if (objects.length === 0) return [];
      // One object on each line, because `-o json` prints several objects without separators.
      const format = String.raw`jsonpath={@}{"\n"}`;
      const args = ["replace", "-n", namespace, "--dry-run=server", "-o", format, "-f", "-"];
      const lines = (await kubectl(args, { input: listOf(objects) })).split("\n");
      return lines.map((line) => parseJson("kubectl replace", KubeObject, line));
    },

    /** Replaces objects that exist, whatever has changed in them. */
    replaceAll: async (namespace: string, objects: readonly object[]): Promise<void> => {
      if (objects.length > 0)
        await kubectl(["replace", "-n", namespace, "-f", "-"], { input: listOf(objects) });
    },

    /** Deletes an object, if it exists. */
    remove: (kind: string, name: string, namespace: string) =>
      kubectl(["delete", kind, name, "-n", namespace, "--ignore-not-found"]),

    exec: (namespace: string, pod: string, command: readonly string[], call: CommandOptions = {}) => {
      const stdin = call.input !== undefined || call.stdin ? ["-i"] : [];
      return kubectl(["exec", ...stdin, "-n", namespace, pod, "--", ...command], call);
    },

    /** Runs a command in a pod on this terminal. @returns its exit code */
    execOnTerminal: (namespace: string, pod: string, command: readonly string[]) => {
      const terminal = process.stdin.isTTY && process.stdout.isTTY ? ["-it"] : [];
      const exec = ["exec", ...terminal, "-n", namespace, pod, "--", ...command];
      return runOnTerminal("kubectl", [...global, ...exec], options.signal);
    },
  };
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}
