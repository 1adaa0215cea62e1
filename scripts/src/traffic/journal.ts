import type { HeldLease } from "./lease.ts";
import { finishRecord, type Result, type ShiftRecord, writeRecord } from "./record.ts";

/** The record of a shift that runs. It is stored with the lease, so a process that lost the lease cannot change it. */
export interface Journal {
  readonly record: ShiftRecord;
  /** @throws {LeaseLostError} */
  save: (changes: Partial<ShiftRecord>) => Promise<void>;
  /** Counts samples. They are stored with the next write. */
  count: (requests: number, failed: number) => void;
  /** Moves the record to the history. @throws {LeaseLostError} */
  finish: (result: Result) => Promise<void>;
}

export function openJournal(held: Pick<HeldLease, "annotate" | "annotations">, first: ShiftRecord): Journal {
  let record = first;
  return {
    get record() {
      return record;
    },
    save: (changes) => {
      record = { ...record, ...changes };
      return held.annotate(writeRecord(record));
    },
    count: (requests, failed) => {
      record = { ...record, requests: record.requests + requests, failed: record.failed + failed };
    },
    finish: (result) => held.annotate(finishRecord(record, result, held.annotations)),
  };
}
