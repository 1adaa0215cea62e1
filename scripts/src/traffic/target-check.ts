import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import type { Color } from "../domain/color.ts";
import { versionIn } from "../domain/echo.ts";
import { previewHeader } from "../domain/preview.ts";
import { serviceUrl, TRAFFIC_RELEASE, type Workload } from "../domain/workload.ts";
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

/**
 * Checks that a workload can take traffic: it has ready pods, which have its version and colour.
 * @param preview the stable name whose previews must reach the workload; undefined if it has none
 * @throws {UserError}
 */
export async function checkTarget(
  { name, color }: Pick<Workload, "name" | "color">,
  cluster: Cluster,
  { signal, preview }: { signal?: AbortSignal | undefined; preview?: string | undefined } = {},
): Promise<void> {
  const { helm, jumpbox, namespace } = cluster;
  const [deployment, values] = await Promise.all([findDeployment(name, cluster), helm.values(Values, name)]);
  if (!deployment || !values)
    throw refuse(`${name} is not deployed in namespace ${namespace}. Release it first: pnpm release.`);
  if (deployment.status.readyReplicas === 0)
    throw refuse(`${name} has no ready pods. See why: kubectl -n ${namespace} describe pods -l app=${name}`);
  const { version } = values;
  const request =
    (url: string, headers: string[] = []) =>
    async () => {
      const text = await jumpbox.curl(url, signal, COLOR_FORMAT, headers);
      const [, body = "", sent = ""] = COLOR_OUTPUT.exec(text ?? "") ?? [];
      return text === undefined ? undefined : { body, color: sent };
    };
  const url = serviceUrl(name, namespace);
  await checkResponse({ url, version, color }, request(url), signal);
  if (preview !== undefined)
    await checkPreview({ url: preview, version, color }, request(preview, [previewHeader(color)]), {
      signal,
    });
}

/** The response of a target: its body, and its header x-echo-color. */
export interface TargetResponse {
  body: string;
  color: string;
}

/** What a target must respond with. */
export interface Expected {
  url: string;
  color: Color;
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

/**
 * Checks that a preview of a target reaches it. A gateway may need some seconds for a new rule.
 * @throws {UserError} with the last response
 */
export async function checkPreview(
  { url, version, color }: Required<Expected>,
  request: () => Promise<TargetResponse | undefined>,
  { signal, timeoutMs = RESPONSE_TIMEOUT_MS }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<void> {
  let last: TargetResponse | undefined;
  const check = async () => {
    last = await request();
    return (versionIn(last?.body) === version && last?.color === color) || undefined;
  };
  if (await waitFor(check, { timeoutMs, signal })) return;
  throw refuse(
    `${url} must return version ${version} of ${color} to a request with the header ${previewHeader(color)}, but returns: ${last?.body.trim() || "nothing"} of ${last?.color || "no colour"}. See the rules of its HTTPRoute. The value preview.enabled=false of ${TRAFFIC_RELEASE} turns the preview and this check off.`,
  );
}

/** The error of a target that cannot take traffic. */
export function refuse(reason: string, cause?: unknown): UserError {
  return new UserError(`${reason}\nNo traffic was moved.`, { cause });
}
