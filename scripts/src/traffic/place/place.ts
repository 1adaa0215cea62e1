import type { ServiceName } from "../../domain/workload.ts";
import type { LeaseStore } from "../lease/lease-store.ts";
import type { Switch } from "./switch.ts";

/** What others should know of a shift. */
export interface Announcement {
  /** In CamelCase: `ShiftStep`. */
  reason: string;
  message: string;
  /** Default: false. */
  warning?: boolean;
}
export type Announce = (announcement: Announcement) => Promise<void>;

/** Where shifts happen: a namespace of a cluster, or the running `pnpm dev`. It has one lease for all its stable names. */
export interface Place {
  leases: LeaseStore;
  open: (service: ServiceName) => Switch;
  /** Creates what sampling needs. */
  prepare: (signal: AbortSignal) => Promise<void>;
  /** The options that select this place again: ` -n other`, or an empty text. */
  flags: string;
  /** How a user removes an annotation of the lease. */
  removal: (annotation: string) => string;
  /** Publishes what happens to a stable name. A failure to publish does not stop a shift. */
  announcer: (service: ServiceName) => Announce;
  /**
   * Remembers everything that a shift must not change.
   * @returns a function that compares it with what is there then, and returns lines for the user. It throws a UserError with
   * what has changed.
   */
  remember: () => Promise<() => Promise<string[]>>;
}
