import type { ServiceName } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import type { Choice } from "./choice.ts";
import { conduct, type ConductOptions } from "./conduct.ts";
import type { Place } from "./place/place.ts";
import {
  type OnInterrupt,
  planAbort,
  planPromotion,
  planShift,
  type ShiftPlan,
  type ShiftRequest,
} from "./plan.ts";
import { describeShift, type ShiftRecord } from "./lease/record.ts";
import { refuseUnfinished } from "./unfinished.ts";

type MoveContext = Pick<Context, "signal" | "live" | "setExitCode">;

export interface ShiftOptions extends ConductOptions, ShiftRequest {
  /** The service whose traffic moves. */
  service: ServiceName;
  /** For the record. */
  reason?: string | undefined;
}

/** Starts a shift. With `canary` it may replace an unfinished one, whose origin it keeps. */
export function shift(options: ShiftOptions, context: MoveContext): Promise<void> {
  const { service, target, canary, reason } = options;
  const title = describeShift({ service, color: target.color, steps: canary?.steps ?? [target.percent] });
  const choose = (found: ShiftRecord | undefined, place: Place): Choice => {
    if (found && (!canary || found.service !== service)) throw refuseUnfinished(found, place.flags);
    return {
      service,
      plan: (state) => planShift(options, state, found),
      record: (plan, by) => newRecord(plan, service, by, reason),
    };
  };
  return conduct(title, choose, options, context);
}

function newRecord(
  plan: ShiftPlan,
  service: ServiceName,
  by: string,
  reason: string | undefined,
): ShiftRecord {
  const { color, origin, now, steps, limits, minReady } = plan;
  return {
    ...{ service, color, origin, steps: [...steps], limits, minReady, weights: now, by, reason },
    ...{ since: new Date().toISOString(), next: 0, state: "running", requests: 0, failed: 0 },
  };
}

export interface PromoteOptions extends ConductOptions {
  onInterrupt: OnInterrupt;
  /** Default: as in the record. */
  minReady?: number | undefined;
}

/** Continues an unfinished shift: after its pause, or with the step that it did not finish. */
export function promote(options: PromoteOptions, context: MoveContext): Promise<void> {
  const choose = (found: ShiftRecord | undefined, { flags }: Place): Choice => {
    const record = expectUnfinished(found, "promote", flags);
    return { ...goOn(record), plan: (state) => planPromotion(record, state, options) };
  };
  return conduct("promote the unfinished shift", choose, options, context);
}

/** Ends an unfinished shift with the weights that were there before it. */
export function abort(options: ConductOptions, context: MoveContext): Promise<void> {
  return conduct("abort the unfinished shift", chooseAbort, options, context);
}

function chooseAbort(found: ShiftRecord | undefined, { flags }: Place): Choice {
  const record = expectUnfinished(found, "abort", flags);
  return { ...goOn(record), plan: (state) => planAbort(record, state) };
}

function goOn(record: ShiftRecord): Pick<Choice, "service" | "record"> {
  return {
    service: record.service,
    record: ({ minReady = record.minReady }) => ({ ...record, minReady, state: "running" }),
  };
}

function expectUnfinished(found: ShiftRecord | undefined, verb: string, flags: string): ShiftRecord {
  if (found) return found;
  throw new UserError(
    `There is no unfinished shift to ${verb}. See the last ones: pnpm shift history${flags}`,
  );
}
