import { describeWeights, weightsOf } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { openPlace, type PlaceOptions } from "./place/open-place.ts";
import { type FinishedShift, readHistory } from "./lease/record.ts";
import { HISTORY_NEEDS } from "./rights.ts";

export interface HistoryOptions extends PlaceOptions {
  json?: boolean;
}

/** Prints the finished shifts, the newest first, as a table or as JSON. */
export async function shiftHistory(
  options: HistoryOptions,
  { signal }: Pick<Context, "signal">,
): Promise<void> {
  const place = await openPlace(options, HISTORY_NEEDS, signal);
  const lease = await place.leases.read();
  const shifts = readHistory(lease?.annotations ?? {}, place.removal, place.flags)
    .toReversed()
    .map(summarize);
  if (options.json) return print(JSON.stringify(shifts, null, 2));
  if (shifts.length === 0) return print("No shift has ended here yet.");
  const header = ["WHEN", "WHO", "SERVICE", "FROM", "TO", "RESULT", "DURATION", "FAILED", "REASON"];
  const rows = shifts.map(
    ({ when, who, service, from, to, result, seconds, requests, failed, reason = "" }) => {
      const failures = `${failed} of ${requests}`;
      return [
        when,
        who,
        service,
        describeWeights(from),
        describeWeights(to),
        result,
        `${seconds} s`,
        failures,
        reason,
      ];
    },
  );
  print(table(header, rows));
}

/** An entry as the user sees it. */
function summarize({
  since,
  until,
  by,
  service,
  color,
  origin,
  steps,
  result,
  requests,
  failed,
  reason,
}: FinishedShift) {
  const last = steps.findLast((step) => step !== "pause");
  return {
    ...{ when: since, who: by, service, from: origin },
    /** Where it should go. After another result than `done` the traffic is not there. */
    to: last === undefined ? origin : weightsOf(color, last),
    ...{ steps, reason, result, requests, failed },
    seconds: Math.round((Date.parse(until) - Date.parse(since)) / 1000),
  };
}
