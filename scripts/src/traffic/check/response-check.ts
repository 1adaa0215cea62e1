import type { Color } from "../../domain/color.ts";
import { COLOR_HEADER, versionIn } from "../../domain/echo.ts";
import { waitFor } from "../../lib/wait.ts";
import { TargetError } from "./target-error.ts";

/** How long to retry a target whose responses have no version, in ms. */
export const RESPONSE_TIMEOUT_MS = 10_000;

/** Something that responds for a target. */
export interface Responder {
  /** For the user. */
  name: string;
  url: string;
}

/** The response of a target: its body, and the header x-echo-color; both empty without a response. */
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
  expected: Expected,
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
  for (const responder of responders) compare(responder.name, last.get(responder.url), expected);
}

/** @throws {TargetError} if a response is not as expected */
function compare(name: string, response: TargetResponse | undefined, { version, color }: Expected): void {
  const found = versionIn(response?.body);
  const wanted = version === undefined ? "a version" : `version ${version}, as released`;
  if (found === undefined || found !== (version ?? found))
    throw new TargetError(
      `${name} must return ${wanted}, but returns: ${response?.body.trim() || "nothing"}`,
    );
  // Samples are counted by this header.
  if (response?.color !== color)
    throw new TargetError(
      `${name} must return the header ${COLOR_HEADER}: ${color}, but returns: ${response?.color || "none"}. Its setting COLOR is wrong.`,
    );
}
