import type { Registry } from "prom-client";
import { Durations } from "../hot-path/durations.ts";
import { BUCKETS } from "./metrics.ts";

/** The result of an upstream request. */
export type UpstreamOutcome = "answered" | "timeout" | "connection" | "bad answer" | "overload";

/** The upstream chooses the version, so more or longer ones become `other`: they must not fill the memory. */
const MAX_VERSIONS = 20;
const MAX_VERSION_LENGTH = 64;
/** A version without a response for so long makes room for a new one, in ms. Queries look back for less. */
const IDLE_MS = 600_000;

/**
 * Measures the frontend's upstream requests.
 * @returns a function that observes one, by its outcome and the version in the response ("" if there is none)
 */
export function measureUpstream(registry: Registry) {
  const duration = new Durations({
    name: "upstream_request_duration_seconds",
    help: "Time of an upstream request, its retry included.",
    labelNames: ["outcome", "backend_version"],
    buckets: BUCKETS,
    registry,
  });
  const lastSeen = new Map<string, number>();

  /** Makes room for a new version, if there is none left. @returns whether there is some now */
  const makeRoom = (now: number): boolean => {
    if (lastSeen.size < MAX_VERSIONS) return true;
    const idle = Array.from(lastSeen).filter(([, seen]) => now - seen >= IDLE_MS);
    for (const [version] of idle) {
      lastSeen.delete(version);
      duration.forget(version);
    }
    return idle.length > 0;
  };
  const hasLabel = (version: string): boolean => {
    if (version === "") return true;
    const now = performance.now();
    const isKnown = lastSeen.has(version) || (version.length <= MAX_VERSION_LENGTH && makeRoom(now));
    if (isKnown) lastSeen.set(version, now);
    return isKnown;
  };

  return (outcome: UpstreamOutcome, version: string, milliseconds: number): void =>
    duration.observe(outcome, hasLabel(version) ? version : "other", milliseconds);
}
