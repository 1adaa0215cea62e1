import * as v from "valibot";

/** The lock of the shifts, as a cluster or `pnpm dev` stores it. */
export const LeaseSchema = v.object({
  /** Empty without a holder. */
  holder: v.string(),
  /** When the holder last showed that it lives, in ISO 8601; empty if unknown. */
  renewTime: v.string(),
  /** A holder that has not renewed for this long has crashed. */
  durationSeconds: v.number(),
  /** What is known of the shifts: the record and the history. */
  annotations: v.record(v.string(), v.string()),
});
export type LeaseState = v.InferOutput<typeof LeaseSchema>;

/** A stored lease. Each write gives it another version. */
export const StoredLeaseSchema = v.object({ ...LeaseSchema.entries, version: v.string() });
export type StoredLease = v.InferOutput<typeof StoredLeaseSchema>;
