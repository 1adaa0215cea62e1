import * as v from "valibot";
import { ROOT } from "../lib/paths.ts";
import { parseJson, run } from "./command.ts";
import type { LoadResult, LoadTool } from "./load-tool.ts";
import { LOAD_CORE, pinned } from "./taskset.ts";

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
  async load(url, { connections, seconds, rate }) {
    const flags = ["--json", "--no-progress", `--connections=${connections}`, `--duration=${seconds}`];
    if (rate !== undefined) flags.push(`--overallRate=${Math.round(rate)}`);
    const command = pinned(LOAD_CORE, "autocannon", ...flags, url);
    return parseAutocannon(await run(...command, { cwd: `${ROOT}scripts` }));
  },
};

/** @throws {Error} if the output reports failures or is not a report */
export function parseAutocannon(output: string): LoadResult {
  const { requests, latency, non2xx, errors } = parseJson("autocannon", Report, output);
  if (non2xx + errors > 0)
    throw new Error(`Requests failed under load: ${non2xx} responses that are not 2xx, ${errors} errors`);
  return { requests: requests.total, requestsPerSecond: requests.average, p99Ms: latency.p99 };
}
