import type { LeaseState, StoredLease } from "../../src/domain/lease.ts";
import type { LeaseStore } from "../../src/traffic/lease/lease-store.ts";

/** A lease in memory, with the version check of a real one. */
export class MemoryLease implements LeaseStore {
  stored: StoredLease | undefined;
  /** What was accepted, in order. */
  readonly writes: LeaseState[] = [];
  /** Called before each write, which fails with the error that this throws. */
  beforeWrite = (): void => undefined;
  #version = 0;

  constructor(initial?: Partial<LeaseState>) {
    if (initial) this.put(initial);
  }

  /** Writes as someone else does. */
  put(lease: Partial<LeaseState>): void {
    const renewTime = new Date().toISOString();
    const empty = { holder: "", renewTime, durationSeconds: 45, annotations: {} };
    this.stored = { ...(this.stored ?? empty), renewTime, ...lease, version: String(++this.#version) };
  }

  read = (): Promise<StoredLease | undefined> => Promise.resolve(this.stored);

  write = async (lease: LeaseState, version: string | undefined): Promise<string | undefined> => {
    this.beforeWrite();
    if (this.stored?.version !== version) return undefined;
    this.writes.push(lease);
    this.put(lease);
    return this.stored?.version;
  };
}
