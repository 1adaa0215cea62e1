import { describeFailure, isError, type Sample } from "../../domain/sample.ts";
import type { HeldLease } from "./lease.ts";
import { finishRecord, type Result, type ShiftRecord, writeRecord } from "./record.ts";

/** The record of a shift that runs. It is stored with the lease, so a process that lost the lease cannot change it. */
export interface Journal {
  readonly record: ShiftRecord;
  /** @throws {LeaseLostError} */
  save: (changes: Partial<ShiftRecord>) => Promise<void>;
  /** How the first failed sample of this process failed. */
  readonly firstFailure: string | undefined;
  /** Counts samples. They are stored with the next write. */
  count: (samples: readonly Sample[]) => void;
  /** Moves the record to the history. @throws {LeaseLostError} */
  finish: (result: Result) => Promise<void>;
}

export function openJournal(held: Pick<HeldLease, "annotate" | "annotations">, first: ShiftRecord): Journal {
  let record = first;
  let firstFailure: string | undefined;
  return {
    get record() {
      return record;
    },
    save: (changes) => {
      record = { ...record, ...changes };
      return held.annotate(writeRecord(record));
    },
    get firstFailure() {
      return firstFailure;
    },
    count: (samples) => {
      const failures = samples.filter(isError);
      const { requests, failed } = record;
      record = { ...record, requests: requests + samples.length, failed: failed + failures.length };
      if (failures[0]) firstFailure ??= describeFailure(failures[0]);
    },
    finish: (result) => held.annotate(finishRecord(record, result, held.annotations)),
  };
}
