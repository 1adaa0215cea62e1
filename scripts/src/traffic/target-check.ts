import * as v from "valibot";
import type { Cluster } from "../adapters/cluster.ts";
import type { Jumpbox } from "../adapters/jumpbox.ts";
import type { Color } from "../domain/color.ts";
import { versionIn } from "../domain/echo.ts";
import { previewHeader } from "../domain/preview.ts";
import { serviceUrl, TRAFFIC_RELEASE, type Workload } from "../domain/workload.ts";
import { waitFor } from "../lib/wait.ts";
import type { Need } from "./capacity.ts";
import { checkCapacity } from "./capacity-check.ts";
import { readWorkload, type RunningWorkload } from "./running-workload.ts";
import { TargetError } from "./target-error.ts";

/** How long to retry a target whose responses have no version, in ms. */
const RESPONSE_TIMEOUT_MS = 10_000;

export interface TargetOptions {
  signal?: AbortSignal | undefined;
  /** What the user should know of a target that is accepted. */
  onNote?: ((text: string) => void) | undefined;
}

const Values = v.object({ version: v.string() });

/**
 * Checks that a workload can take traffic: it has the capacity, and its Service and each ready pod respond with its version
 * and colour.
 * @param preview the stable name whose previews must reach the workload; undefined if it has none
 * @throws {TargetError}
 */
export async function checkTarget(
  workload: Pick<Workload, "service" | "name" | "color">,
  need: Need,
  cluster: Cluster,
  { signal, onNote, preview }: TargetOptions & { preview?: string | undefined } = {},
): Promise<void> {
  const { name, color } = workload;
  const { helm, jumpbox, namespace } = cluster;
  const find = async () => {
    const running = await readWorkload(name, cluster);
    if (running) return running;
    throw new TargetError(
      `${name} is not deployed in namespace ${namespace}. Release it first: pnpm release.`,
    );
  };
  const [running, values] = await Promise.all([find(), helm.values(Values, name)]);
  if (!values)
    throw new TargetError(
      `${name} is no helm release in namespace ${namespace}. Release it first: pnpm release.`,
    );
  const note = await checkCapacity(workload, running, need, cluster);
  if (note !== undefined) onNote?.(note);
  let first: RunningWorkload | undefined = running;
  const findTargets = async () => {
    const { pods } = first ?? (await find());
    first = undefined;
    const url = serviceUrl(name, namespace);
    const named = pods.map((pod) => ({ name: `pod ${pod.name} (${pod.url})`, url: pod.url }));
    return [{ name: url, url }, ...named];
  };
  const request = (urls: readonly string[], header?: string) =>
    requestEach(jumpbox, urls, { header, signal });
  const expected = { version: values.version, color };
  await checkResponses(findTargets, expected, request, signal);
  if (preview === undefined) return;
  const requestPreview = () => request([preview], previewHeader(color)).then(([response]) => response);
  await checkPreview(preview, expected, requestPreview, { signal });
}

/** curl's `--write-out` after a body. */
const WRITE_OUT = String.raw`\n%{http_code} %header{x-echo-color}\n`;
/** A body, and what curl writes after it. A body has no such line. */
const ANSWER = /([^]*?)^(\d{3})(?: (\S*))?$/gm;
/** Runs as bash in the jumpbox. A failed request has a line too, with the status 000. curl ignores an empty header. */
const LOOP = `for url in "\${@:2}"; do curl -s --max-time 5 -H "$0" -w "$1" "$url" || :; done`;

/** Requests each URL once, over a connection of its own. @returns the responses in the same order */
async function requestEach(
  jumpbox: Jumpbox,
  urls: readonly string[],
  { header = "", signal }: { header?: string | undefined; signal?: AbortSignal | undefined },
): Promise<TargetResponse[]> {
  const output = await jumpbox.exec(["bash", "-c", LOOP, header, WRITE_OUT, ...urls], { signal });
  const responses = Array.from(output.matchAll(ANSWER), ([, body = "", , color = ""]) => ({
    body: body.trim(),
    color,
  }));
  return responses.length === urls.length ? responses : [];
}

/** Something that responds for a target. */
export interface Responder {
  /** For the user. */
  name: string;
  url: string;
}

/** The response of a target: its body, and its header x-echo-color; both empty without a response. */
export interface TargetResponse {
  body: string;
  color: string;
}

/** What a target must respond with. */
export interface Expected {
  color: Color;
  /** Undefined: any version, because nothing but the response tells which one runs. */
  version?: string;
}

/**
 * Checks the version and the colour of everything that responds for a target.
 * @param find what responds now: a pod may be replaced meanwhile
 * @throws {TargetError} if a response differs, or one has no version
 */
export async function checkResponses(
  find: () => Promise<readonly Responder[]>,
  { version, color }: Expected,
  request: (urls: readonly string[]) => Promise<readonly TargetResponse[]>,
  signal?: AbortSignal,
): Promise<void> {
  const last = new Map<string, TargetResponse>();
  const versionOf = ({ url }: Responder) => versionIn(last.get(url)?.body);
  let responders: readonly Responder[] = [];
  // A failed request does not tell the version. The shift itself judges how many requests fail.
  const check = async () => {
    responders = await find();
    const urls = responders.filter((each) => versionOf(each) === undefined).map(({ url }) => url);
    const responses = await request(urls);
    for (const [index, response] of responses.entries()) last.set(urls[index] ?? "", response);
    return responders.every((each) => versionOf(each) !== undefined) || undefined;
  };
  await waitFor(check, { timeoutMs: RESPONSE_TIMEOUT_MS, signal });
  for (const responder of responders) {
    const response = last.get(responder.url);
    const found = versionOf(responder);
    const wanted = version === undefined ? "a version" : `version ${version}, as released`;
    if (found === undefined || found !== (version ?? found))
      throw new TargetError(
        `${responder.name} must return ${wanted}, but returns: ${response?.body.trim() || "nothing"}`,
      );
    // Samples are counted by this header.
    if (response?.color !== color)
      throw new TargetError(
        `${responder.name} must return the header x-echo-color: ${color}, but returns: ${response?.color || "none"}. Its setting COLOR is wrong.`,
      );
  }
}

/**
 * Checks that a preview of a target reaches it. A gateway may need some seconds for a new rule.
 * @param url of the stable name
 * @throws {TargetError} with the last response
 */
export async function checkPreview(
  url: string,
  { version, color }: Required<Expected>,
  request: () => Promise<TargetResponse | undefined>,
  { signal, timeoutMs = RESPONSE_TIMEOUT_MS }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<void> {
  let last: TargetResponse | undefined;
  const check = async () => {
    last = await request();
    return (versionIn(last?.body) === version && last?.color === color) || undefined;
  };
  if (await waitFor(check, { timeoutMs, signal })) return;
  throw new TargetError(
    `${url} must return version ${version} of ${color} to a request with the header ${previewHeader(color)}, but returns: ${last?.body.trim() || "nothing"} of ${last?.color || "no colour"}. See the rules of its HTTPRoute. The value preview.enabled=false of ${TRAFFIC_RELEASE} turns the preview and this check off.`,
  );
}
