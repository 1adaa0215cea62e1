import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import { versionIn } from "../domain/echo.ts";
import { serviceUrl, type Workload } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import { waitFor } from "../lib/wait.ts";

/** How long to retry a target whose responses have no version, in ms. */
const RESPONSE_TIMEOUT_MS = 10_000;

/** curl's `--write-out` after a body, and what it writes. */
const COLOR_FORMAT = "x-echo-color: %header{x-echo-color}";
const COLOR_OUTPUT = /^([^]*)x-echo-color: ?(.*)$/;

const Deployment = v.object({
  spec: v.object({ replicas: v.optional(v.number(), 1) }),
  status: v.object({ readyReplicas: v.optional(v.number(), 0) }),
});
const Values = v.object({ version: v.string() });

/** A Deployment and its number of ready pods; undefined if it does not exist. */
export function findDeployment(name: string, { kubectl, namespace }: Cluster) {
  return kubectl.find(Deployment, ["deployment", name, "-n", namespace]);
}

/** Checks that a workload can take traffic: it has ready pods, which have its version and colour. @throws {UserError} */
export async function checkTarget(
  { name, color }: Pick<Workload, "name" | "color">,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<void> {
  const { helm, jumpbox, namespace } = cluster;
  const [deployment, values] = await Promise.all([findDeployment(name, cluster), helm.values(Values, name)]);
  if (!deployment || !values)
    throw refuse(`${name} is not deployed in namespace ${namespace}. Release it first: pnpm release.`);
  if (deployment.status.readyReplicas === 0)
    throw refuse(`${name} has no ready pods. See why: kubectl -n ${namespace} describe pods -l app=${name}`);
  const url = serviceUrl(name, namespace);
  await checkResponse(
    { url, version: values.version, color },
    async () => {
      const text = await jumpbox.curl(url, signal, COLOR_FORMAT);
      const [, body = "", sent = ""] = COLOR_OUTPUT.exec(text ?? "") ?? [];
      return text === undefined ? undefined : { body, color: sent };
    },
    signal,
  );
}

/** The response of a target: its body, and its header x-echo-color. */
export interface TargetResponse {
  body: string;
  color: string;
}

/** What a target must respond with. */
export interface Expected {
  url: string;
  color: string;
  /** Undefined: any version, because nothing but the response tells which one runs. */
  version?: string;
}

/** Checks the version and the colour of a target. @throws {UserError} if a response differs, or none has a version */
export async function checkResponse(
  { url, version, color }: Expected,
  request: () => Promise<TargetResponse | undefined>,
  signal?: AbortSignal,
): Promise<void> {
  let last: TargetResponse | undefined;
  // A failed request does not tell the version. The shift itself judges how many requests fail.
  const check = async () => versionIn((last = await request())?.body);
  const found = await waitFor(check, { timeoutMs: RESPONSE_TIMEOUT_MS, signal });
  if (found === undefined || found !== (version ?? found))
    throw refuse(
      `${url} must return ${version === undefined ? "a version" : `version ${version}, as released`}, but returns: ${last?.body.trim() ?? "nothing"}`,
    );
  // Samples are counted by this header.
  if (last?.color !== color)
    throw refuse(
      `${url} must return the header x-echo-color: ${color}, but returns: ${last?.color || "none"}. Its setting COLOR is wrong.`,
    );
}

/** The error of a target that cannot take traffic. */
export function refuse(reason: string, cause?: unknown): UserError {
  return new UserError(`${reason}\nNo traffic was moved.`, { cause });
}
