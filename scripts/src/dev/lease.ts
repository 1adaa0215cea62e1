import type { LeaseState, StoredLease } from "../domain/lease.ts";

/** The lease of the local shifts, in memory. A write needs the version that the write before it left. */
export function createLease() {
  let stored: StoredLease | undefined;
  let writes = 0;
  return {
    read: () => stored,
    /** @returns the new version; undefined if the lease has another version than the given one */
    write: (lease: LeaseState, version: string | undefined): string | undefined => {
      if (stored?.version !== version) return undefined;
      stored = { ...lease, version: String(++writes) };
      return stored.version;
    },
  };
}
