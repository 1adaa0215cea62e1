import * as v from "valibot";
import { PROJECT_LABEL } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import { CommandError, type CommandOptions, failedWith } from "./command.ts";
import { type CurlResponse, parseResponses, WRITE_OUT } from "./curl-responses.ts";
import type { Kubectl } from "./kubectl.ts";

/** The pod inside the cluster that sends every request of these commands. */
const NAME = "jumpbox";
const [LABEL, PROJECT] = PROJECT_LABEL;
/** It has bash and curl. Its own server does not run. */
const IMAGE = "nginx";

const Waiting = v.object({ reason: v.optional(v.string(), ""), message: v.optional(v.string(), "") });
const Status = v.object({ state: v.optional(v.object({ waiting: v.optional(Waiting) })) });
const Pod = v.object({
  metadata: v.object({
    deletionTimestamp: v.optional(v.string()),
    labels: v.optional(v.record(v.string(), v.string()), {}),
  }),
  spec: v.optional(v.object({ containers: v.array(v.object({ image: v.string() })) })),
  status: v.object({
    phase: v.string(),
    conditions: v.optional(v.array(v.object({ type: v.string(), status: v.string() })), []),
    containerStatuses: v.optional(v.array(Status), []),
  }),
});

function isReady({ status }: v.InferOutput<typeof Pod>): boolean {
  return status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}

/** A quota has no room for the pod, or demands a limit that the pod does not have. */
const QUOTA = /^Error from server \(Forbidden\): .*(?:exceeded|failed) quota: (.*)$/m;

/** A pod that the restricted profile of Kubernetes accepts, and that cannot use the cluster's API. */
function podOf(image: string, namespace: string) {
  return {
    apiVersion: "v1",
    kind: "Pod",
    // The label `run` is that of `kubectl run jumpbox`: the charts' network policies select it. The other one tells our pod
    // from one that a user has created so.
    metadata: { name: NAME, namespace, labels: { run: NAME, [LABEL]: PROJECT } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      // The first process of a container ignores SIGTERM.
      terminationGracePeriodSeconds: 1,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: NAME,
          image,
          command: ["sleep", "infinity"],
          // With a CPU request too, because a quota of the namespace may demand it.
          resources: { requests: { memory: "32Mi", cpu: "10m" }, limits: { memory: "256Mi" } },
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
          },
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: {} }],
    },
  };
}

/** Runs as bash in the pod. A request without a response is no failure of curl; that curl does not exist is one. */
const CURL = 'curl -s --max-time 5 -w "$0" "$@" || (($? < 126))';
const NO_RESPONSE: CurlResponse = { status: 0, body: "", color: "", backendColor: "", closes: false };

export interface RequestOptions {
  /** As curl takes them, such as `accept: text/html`. */
  headers?: readonly string[] | undefined;
  /** Sends this JSON with the method PUT. Default: GET. */
  put?: string | undefined;
  signal?: AbortSignal | undefined;
}

export type Jumpbox = ReturnType<typeof createJumpbox>;

/** @param image of a new pod; a pod with another one is recreated. Undefined: nginx, and any existing pod is used. */
export function createJumpbox(kubectl: Kubectl, namespace: string, image?: string) {
  const at = ["pod", NAME, "-n", namespace];
  const manifest = podOf(image ?? IMAGE, namespace);
  const wait = (condition: string, signal?: AbortSignal) => {
    const pod = ["-n", namespace, `pod/${NAME}`];
    return kubectl.run(["wait", ...pod, `--for=${condition}`, "--timeout=180s"], signal && { signal });
  };

  /** Adds the reason why the pod does not start, such as an image that cannot be pulled. */
  const explain = async (error: unknown): Promise<never> => {
    if (!(error instanceof CommandError) || error.interrupted) throw error;
    const waiting = (await kubectl.find(Pod, at))?.status.containerStatuses[0]?.state?.waiting;
    if (!waiting) throw error;
    throw new UserError(
      `The pod ${NAME} in namespace ${namespace} does not start: ${waiting.reason}: ${waiting.message}\nChoose another image with --jumpbox-image.`,
      { cause: error },
    );
  };

  const create = async () => {
    try {
      await kubectl.create(manifest);
    } catch (error) {
      if (!failedWith(error, QUOTA)) throw error;
      throw new UserError(
        `The quota of namespace ${namespace} refuses the pod ${NAME}: ${QUOTA.exec(error.stderr)?.[1]}\nRemove a pod that you do not need (${kubectl.command} -n ${namespace} get pods), or ask for a larger quota: see docs/classroom.md.`,
        { cause: error },
      );
    }
  };

  /** Creates the pod if it does not exist, and waits until it is ready. */
  const ensure = async (signal?: AbortSignal): Promise<"created" | "unchanged"> => {
    const pod = await kubectl.find(Pod, at);
    if (pod && image !== undefined && pod.spec?.containers[0]?.image !== image) {
      await kubectl.run(["delete", ...at, "--ignore-not-found", "--wait"], signal && { signal });
      return ensure(signal);
    }
    if (pod?.metadata.deletionTimestamp !== undefined) {
      await wait("delete", signal);
      return ensure(signal);
    }
    if (pod && pod.status.phase !== "Running" && pod.status.phase !== "Pending")
      throw new UserError(
        `The pod ${NAME} in namespace ${namespace} is ${pod.status.phase}. Delete it (${kubectl.command} delete pod ${NAME} -n ${namespace}) and try again.`,
      );
    if (pod && isReady(pod)) return "unchanged";
    if (!pod) await create();
    await wait("condition=Ready", signal).catch(explain);
    return pod ? "unchanged" : "created";
  };

  const execOnce = (command: readonly string[], options?: CommandOptions) =>
    kubectl.exec(namespace, NAME, command, options);

  /** Runs a command that may run twice: if it fails because the pod is gone, it runs again in a new pod. */
  const exec = async (command: readonly string[], options?: CommandOptions): Promise<string> => {
    try {
      return await execOnce(command, options);
    } catch (error) {
      if (!(error instanceof CommandError) || options?.signal?.aborted) throw error;
      if ((await ensure(options?.signal)) === "unchanged") throw error;
      return execOnce(command, options);
    }
  };

  return {
    namespace,
    /** The pod that `ensure` creates. */
    manifest,
    ensure,
    exec,
    execOnTerminal: (command: readonly string[]) => kubectl.execOnTerminal(namespace, NAME, command),

    /** Runs a command until `signal` aborts. It also ends when this process does, which closes its stdin. */
    stream: async (command: readonly string[], onLine: (line: string) => void, signal: AbortSignal) => {
      await execOnce(command, { stdin: "pipe", onLine, signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    },

    /**
     * Sends a request to each URL, one after the other, over new connections.
     * @returns the responses in the same order, whatever their status
     */
    request: async (
      urls: readonly string[],
      { headers = [], put, signal }: RequestOptions = {},
    ): Promise<CurlResponse[]> => {
      if (urls.length === 0) return [];
      const json = put === undefined ? [] : ["-X", "PUT", "-H", "Content-Type: application/json", "-d", put];
      const options = [...headers.flatMap((header) => ["-H", header]), ...json];
      const output = await exec(["bash", "-c", CURL, WRITE_OUT, ...options, ...urls], signal && { signal });
      const responses = parseResponses(output);
      // Without the line of each URL, nobody knows which response is whose.
      return urls.map((_, index) => (responses.length === urls.length && responses[index]) || NO_RESPONSE);
    },

    /** Who has created the pod: `ensure`, or somebody else. Undefined if there is none. */
    creator: async (): Promise<"us" | "others" | undefined> => {
      const pod = await kubectl.find(Pod, at);
      return pod && (pod.metadata.labels[LABEL] === PROJECT ? "us" : "others");
    },

    remove: () => kubectl.remove("pod", NAME, namespace),
  };
}
