import { describeWeights } from "../domain/weights.ts";
import { SERVICES } from "../domain/workload.ts";
import { UserError } from "../lib/errors.ts";
import type { Place } from "./place/place.ts";
import { type Annotations, describeShift, readRecord, type ShiftRecord } from "./lease/record.ts";

/** What `pnpm shift status` says of each state. */
const STATES = {
  running: "did not end: its process was stopped or lost its lock",
  paused: "is paused",
  held: "was interrupted and is held",
  failed: "failed, and did not restore the traffic",
} as const;

/**
 * The unfinished shift of a place; undefined if there is none.
 * @param annotations of its lease
 * @throws {UnreadableError}
 */
export function unfinishedIn(annotations: Annotations, { removal, flags }: Place): ShiftRecord | undefined {
  return readRecord(annotations, removal, flags);
}

/** Like `unfinishedIn`, without the lease. */
export async function findUnfinished(place: Place): Promise<ShiftRecord | undefined> {
  return unfinishedIn((await place.leases.read())?.annotations ?? {}, place);
}

/** The lines that tell what was found. @param running whether its process still holds the lease */
export function describeUnfinished(record: ShiftRecord, running = false): string[] {
  const { weights, origin, by, since, reason, state } = record;
  return [
    `Unfinished shift: ${describeShift(record)}, from ${describeWeights(origin)}.`,
    `It ${running ? "is running" : STATES[state]}, at ${describeWeights(weights)}. Started ${since} by ${by}${reason === undefined ? "." : `: ${reason}`}`,
  ];
}

/** The commands that an unfinished shift allows, with what each does. @param flags select the same cluster again */
export function nextCommands(record: ShiftRecord, flags: string): string[] {
  const { service, color, steps, weights, origin } = record;
  const which = service === SERVICES[0] ? "" : ` --service ${service}`;
  const ahead = steps.filter((step) => step === "pause" || step >= weights[color]);
  const firstShare = ahead.findIndex((step) => step !== "pause");
  const again = firstShare === -1 ? [100] : ahead.slice(firstShare);
  return [
    `pnpm shift promote${flags}  # continue`,
    `pnpm shift abort${flags}  # return to ${describeWeights(origin)}`,
    `pnpm shift ${color} --steps ${again.join(",")}${which}${flags}  # another plan, with the same origin`,
  ];
}

/** The refusal of everything that is not one of the next commands. */
export function refuseUnfinished(record: ShiftRecord, flags: string): UserError {
  const commands = nextCommands(record, flags).map((line) => `  ${line}`);
  return new UserError(
    [...describeUnfinished(record), "No traffic was moved. Finish that shift first:", ...commands].join("\n"),
  );
}
