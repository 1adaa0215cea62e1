import type { LeaseState, StoredLease } from "../../domain/lease.ts";

/** Where the lease of one stable name is stored. Each call tries once, and fails fast. */
export interface LeaseStore {
  /** Undefined if it does not exist. */
  read: () => Promise<StoredLease | undefined>;
  /**
   * Writes the lease if it still has `version`. Undefined: if it does not exist.
   * @returns its new version; undefined if someone else has written or removed it
   */
  write: (lease: LeaseState, version: string | undefined) => Promise<string | undefined>;
}
