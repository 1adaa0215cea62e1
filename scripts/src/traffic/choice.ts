import type { ServiceName } from "../domain/workload.ts";
import type { Place } from "./place/place.ts";
import type { ShiftPlan } from "./plan.ts";
import type { ShiftRecord } from "./lease/record.ts";
import type { SwitchState } from "./place/switch.ts";

/** What a command does with what it finds. */
export interface Choice {
  service: ServiceName;
  plan: (state: SwitchState) => ShiftPlan;
  /** The record of the new shift, or of the one that goes on. */
  record: (plan: ShiftPlan, by: string) => ShiftRecord;
}

/** @throws {UserError} if the command does not fit an unfinished shift, or needs one */
export type Choose = (found: ShiftRecord | undefined, place: Place) => Choice;
