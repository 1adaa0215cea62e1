import type { Sample } from "../../../tools/bench/compare.ts";

/** A round of one server with this CPU time per request, in µs. */
export function sample(microseconds: number, p99Ms = 1): Sample {
  return { microseconds, requestsPerSecond: 1000, p50Ms: 0.5, p99Ms, p999Ms: 2 };
}
