/** From this silence on, the page says that there is no response, in ms. */
const SILENT_MS = 2000;
/** From this silence on, a network failure means that nothing listens, in ms: one failure among responses does not. */
const UNREACHABLE_MS = 1000;

/** What the page knows of its requests. Times are in ms. */
export interface Progress {
  now: number;
  paused: boolean;
  /** When the page started to send, or last went on after a pause. */
  startedAt: number;
  /** When the last response arrived; undefined before the first. */
  respondedAt: number | undefined;
  /** When the network last failed; undefined if it never did. */
  failedAt: number | undefined;
}

/** What is wrong, or what the page waits for. */
export interface Notice {
  kind: "none" | "waiting" | "paused" | "silent" | "unreachable";
  text: string;
}

export function noticeOf({ now, paused, startedAt, respondedAt, failedAt }: Progress): Notice {
  if (paused) return { kind: "paused", text: "Paused" };
  const since = Math.max(startedAt, respondedAt ?? 0);
  const silence = now - since;
  if (failedAt !== undefined && failedAt > since && silence >= UNREACHABLE_MS)
    return { kind: "unreachable", text: "Frontend unreachable. Is it still running?" };
  if (silence >= SILENT_MS)
    return { kind: "silent", text: `No response for ${Math.floor(silence / 1000)} s` };
  if (respondedAt === undefined) return { kind: "waiting", text: "Waiting for the first response …" };
  return { kind: "none", text: "" };
}
