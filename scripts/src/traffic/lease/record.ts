import * as v from "valibot";
import { type Color, COLORS } from "../../domain/color.ts";
import { HISTORY_MAX } from "../../domain/history.ts";
import { parsePlainJson } from "../../domain/plain-text.ts";
import { WeightsSchema } from "../../domain/weights.ts";
import { SERVICES, type ServiceName } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";

/** The annotation of the lease that has the unfinished shift. */
export const RECORD = "echo-traffic/record";
/** The annotation of the lease that has the finished shifts. */
export const HISTORY = "echo-traffic/history";

/** How to remove an annotation. */
type Remedy = (annotation: string) => string;

export type Annotations = Readonly<Record<string, string>>;

const Share = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const WHAT = {
  service: v.picklist(SERVICES),
  /** The colour that gains traffic. */
  color: v.picklist(COLORS),
  /** The weights before the shift. An abort returns to them. */
  origin: WeightsSchema,
  /** The colour's share at each step, in percent; `pause` waits for a promotion. */
  steps: v.array(v.union([Share, v.literal("pause")])),
  /** user@host. */
  by: v.string(),
  /** ISO 8601. */
  since: v.pipe(v.string(), v.isoTimestamp()),
  reason: v.optional(v.string()),
  /** Samples so far, and how many of them failed. */
  requests: Count,
  failed: Count,
};

const Limits = v.object({
  intervalMs: v.number(),
  maxErrorRate: v.number(),
  maxP99Ratio: v.number(),
  realTraffic: v.optional(v.object({ url: v.pipe(v.string(), v.regex(/^https?:\/\//)), minRequests: Count })),
});

const Record = v.object({
  ...WHAT,
  /** Index of the step that runs, or that comes after the pause. */
  next: Count,
  /** The weights that the shift has set last, or was about to set. */
  weights: WeightsSchema,
  /** Undefined without a judgement. */
  limits: v.optional(Limits),
  /** Ready pods that each step needs. Undefined: its share of `originReady`. */
  minReady: v.optional(Count),
  /** The ready pods that carried the traffic before the shift. Undefined in the record of an older release. */
  originReady: v.optional(Count),
  /** Running also if its process has crashed: then the lease has no holder. */
  state: v.picklist(["running", "paused", "held", "failed"]),
});
/** An unfinished shift. It is stored from before the first change of the weights until the result is stored. */
export type ShiftRecord = v.InferOutput<typeof Record>;
export type Step = ShiftRecord["steps"][number];

const RESULTS = ["done", "restored", "interrupted", "aborted", "replaced"] as const;
const Finished = v.object({
  ...WHAT,
  /** done; restored after a failure; interrupted and restored; aborted; replaced by another plan from the same origin. */
  result: v.picklist(RESULTS),
  /** When the result was known, in ISO 8601. */
  until: v.pipe(v.string(), v.isoTimestamp()),
});
export type FinishedShift = v.InferOutput<typeof Finished>;
export type Result = FinishedShift["result"];

/** A stored annotation that this program cannot read: someone has edited it, or another release has written it. */
export class UnreadableError extends UserError {
  override name = "UnreadableError";
}

/**
 * The unfinished shift; undefined if there is none.
 * @param remedy how to remove an annotation
 * @param flags select the same place again
 * @throws {UnreadableError}
 */
export function readRecord(annotations: Annotations, remedy: Remedy, flags = "") {
  const text = annotations[RECORD];
  return text === undefined ? undefined : read(Record, RECORD, text, remedy, flags);
}

/** The finished shifts, the newest last. The parameters are those of `readRecord`. @throws {UnreadableError} */
export function readHistory(annotations: Annotations, remedy: Remedy, flags = ""): FinishedShift[] {
  return read(v.array(Finished), HISTORY, annotations[HISTORY] ?? "[]", remedy, flags);
}

function read<const S extends v.GenericSchema>(
  schema: S,
  annotation: string,
  text: string,
  remedy: Remedy,
  flags: string,
): v.InferOutput<S> {
  try {
    return v.parse(schema, parsePlainJson(text));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnreadableError(
      [
        `The annotation ${annotation} of the lease is not readable: ${reason}`,
        `See the weights: pnpm shift status${flags}`,
        "If they are as you want them, remove the annotation:",
        `  ${remedy(annotation)}`,
      ].join("\n"),
      { cause },
    );
  }
}

/** The annotation for a record. */
export function writeRecord(record: ShiftRecord): Annotations {
  return { [RECORD]: JSON.stringify(record) };
}

/** The annotations after the end of a shift: no record, and one more entry in the history. */
export function finishRecord(record: ShiftRecord, result: Result, annotations: Annotations) {
  const { next: _next, weights: _weights, limits: _limits, state: _state, ...rest } = record;
  const { minReady: _minReady, originReady: _originReady, ...what } = rest;
  const entry: FinishedShift = { ...what, result, until: new Date().toISOString() };
  const history = [...earlier(annotations), entry].slice(-HISTORY_MAX);
  return { [RECORD]: undefined, [HISTORY]: JSON.stringify(history) };
}

/** An unreadable history must not stop a shift. */
function earlier(annotations: Annotations): FinishedShift[] {
  try {
    return readHistory(annotations, String);
  } catch (error) {
    if (error instanceof UnreadableError) return [];
    throw error;
  }
}

/** `echo-backend: green to 5, 25, pause, 100 %` */
export function describeShift({
  service,
  color,
  steps,
}: {
  service: ServiceName;
  color: Color;
  steps: readonly Step[];
}): string {
  return `${service}: ${color} to ${steps.join(", ")} %`;
}
