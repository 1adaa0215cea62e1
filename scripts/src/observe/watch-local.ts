import { requestText } from "../adapters/http-text.ts";
import { colorHeaders } from "../domain/echo.ts";
import { plainLine } from "../domain/plain-text.ts";
import { pause } from "../lib/wait.ts";
import { describeResponse, type WatchedResponse } from "./watched-response.ts";

/** As in the jumpbox. */
const PAUSE_MS = 250;
const REQUEST_TIMEOUT_MS = 5000;

/** Sends requests from this machine, each on its own connection, until `signal` aborts. */
export async function watchLocal(
  url: string,
  onResponse: (response: WatchedResponse) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const response = await requestOnce(url, signal);
    // An interrupted request says nothing about the service.
    if (signal.aborted) return;
    onResponse(response);
    await pause(PAUSE_MS, signal).catch(() => undefined);
  }
}

async function requestOnce(url: string, signal: AbortSignal): Promise<WatchedResponse> {
  const start = performance.now();
  const milliseconds = () => Math.round((performance.now() - start) * 1000) / 1000;
  try {
    const { status, body, header } = await requestText(url, {
      reset: true,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    return describeResponse(plainLine(body).trim(), status, milliseconds(), colorHeaders(header));
  } catch {
    return describeResponse("", 0, milliseconds(), { color: "", backendColor: "" });
  }
}
