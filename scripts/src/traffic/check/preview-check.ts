import { versionIn } from "../../domain/echo.ts";
import { previewHeader } from "../../domain/preview.ts";
import { TRAFFIC_RELEASE } from "../../domain/workload.ts";
import { waitFor } from "../../lib/wait.ts";
import { type Expected, RESPONSE_TIMEOUT_MS, type TargetResponse } from "./response-check.ts";
import { TargetError } from "./target-error.ts";

/**
 * Checks that a preview of a target reaches it. A gateway may need some seconds for a new rule.
 * @param url of the stable name
 * @throws {TargetError} with the last response
 */
export async function checkPreview(
  url: string,
  { version, color }: Required<Expected>,
  request: () => Promise<readonly TargetResponse[]>,
  { signal, timeoutMs = RESPONSE_TIMEOUT_MS }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {},
): Promise<void> {
  let last: TargetResponse | undefined;
  const check = async () => {
    [last] = await request();
    return (versionIn(last?.body) === version && last?.color === color) || undefined;
  };
  if (await waitFor(check, { timeoutMs, signal })) return;
  throw new TargetError(
    `${url} must return version ${version} of ${color} to a request with the header ${previewHeader(color)}, but returns: ${last?.body.trim() || "nothing"} of ${last?.color || "no colour"}. See the rules of its HTTPRoute. The value preview.enabled=false of ${TRAFFIC_RELEASE} turns the preview and this check off.`,
  );
}
