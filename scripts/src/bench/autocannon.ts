import * as v from "valibot";
import { run } from "../adapters/command.ts";
import { parseJson } from "../adapters/json.ts";
import { ROOT } from "../names.ts";
import type { Load, LoadResult, LoadTool } from "./load.ts";

const Report = v.object({
  requests: v.object({ average: v.number() }),
  latency: v.object({ p99: v.number() }),
  non2xx: v.number(),
  errors: v.number(),
});

export const autocannon: LoadTool = {
  name: "autocannon",
  limits:
    "It is written for Node too, so one core of it takes about as long for a request as the servers do: rates near that of " +
    "bare node:http may be its own, not the server's, and its p99 is in whole ms. Install wrk to measure.",
  async load(url, { connections, seconds, core, rate }: Load) {
    const limit = rate === undefined ? [] : ["--overallRate", String(Math.round(rate))];
    const output = await run(
      "taskset",
      [
        ...["-c", String(core), "autocannon", "--json", "--no-progress"],
        ...["--connections", String(connections), "--duration", String(seconds), ...limit, url],
      ],
      { cwd: `${ROOT}scripts` },
    );
    return parseAutocannon(output);
  },
};

/**
 * Reads autocannon's report.
 * @throws {Error} where it tells of failures, or is none
 */
export function parseAutocannon(output: string): LoadResult {
  const { requests, latency, non2xx, errors } = parseJson("autocannon", Report, output);
  if (non2xx + errors > 0)
    throw new Error(`the load met failures: ${non2xx} answers that are not 2xx, ${errors} errors`);
  return { requestsPerSecond: requests.average, p99Ms: latency.p99 };
}
