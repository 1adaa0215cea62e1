import * as v from "valibot";
import { ROOT } from "../lib/paths.ts";
import { parseJson, run } from "./command.ts";
import type { Load, LoadResult, LoadTool } from "./load-tool.ts";
import { pinned } from "./taskset.ts";

const Report = v.object({
  requests: v.object({ average: v.number(), total: v.number() }),
  latency: v.object({ p99: v.number() }),
  non2xx: v.number(),
  errors: v.number(),
});

export const autocannon: LoadTool = {
  name: "autocannon",
  limits:
    "autocannon runs on Node too and needs about as much CPU time per request as the servers. Rates near that of bare " +
    "node:http may be its own limit, and its p99 is in whole ms. Install wrk for exact figures.",
  async load(url, { connections, seconds, core, rate }: Load) {
    const flags = ["--json", "--no-progress", "--connections", String(connections)];
    const limit = rate === undefined ? [] : ["--overallRate", String(Math.round(rate))];
    const output = await run(
      ...pinned(core, "autocannon", ...flags, "--duration", String(seconds), ...limit, url),
      { cwd: `${ROOT}scripts` },
    );
    return parseAutocannon(output);
  },
};

/**
 * Parses autocannon's report.
 * @throws {Error} if it reports failures or is not a report
 */
export function parseAutocannon(output: string): LoadResult {
  const { requests, latency, non2xx, errors } = parseJson("autocannon", Report, output);
  if (non2xx + errors > 0)
    throw new Error(`Requests failed under load: ${non2xx} responses that are not 2xx, ${errors} errors`);
  return { requests: requests.total, requestsPerSecond: requests.average, p99Ms: latency.p99 };
}
