import type { Registry } from "prom-client";
import { Durations } from "../hot-path/durations.ts";
import { BUCKETS } from "./metrics.ts";

/** The result of an upstream request. */
export type UpstreamOutcome = "answered" | "timeout" | "connection" | "bad answer" | "overload";

/** The upstream chooses the version, so more or longer ones become `other`: they must not fill the memory. */
const MAX_VERSIONS = 20;
const MAX_VERSION_LENGTH = 64;

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
  const versions = new Set<string>();
  return (outcome: UpstreamOutcome, version: string, milliseconds: number): void => {
    if (versions.size < MAX_VERSIONS && version.length <= MAX_VERSION_LENGTH) versions.add(version);
    duration.observe(outcome, versions.has(version) ? version : "other", milliseconds);
  };
}
