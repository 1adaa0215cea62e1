import type { Color } from "../domain/color.ts";
import type { Faults } from "../domain/fault.ts";

/** A process of a backend, and what is known of its faults. */
export interface Instance {
  /** The name of its pod, or of its process in `pnpm dev`. */
  name: string;
  /** Undefined if it did not tell. */
  faults: Faults | undefined;
  /** Why it did not tell. */
  problem?: string;
}

/** Where faults are: a namespace of a cluster, or the running `pnpm dev`. */
export interface FaultPlace {
  /** All processes of a colour. None of them is a reason to fail. */
  read: (color: Color) => Promise<Instance[]>;
  /**
   * Replaces all faults of each process of a colour.
   * @returns the processes
   * @throws {UserError} before any change, if the colour has no process or one takes no faults
   */
  set: (color: Color, faults: Faults) => Promise<Instance[]>;
  /** What ends the faults of a process besides `pnpm fault`, as a sentence. */
  end: string;
  /** The options that select this place again: ` --local`, ` -n other`, or an empty text. */
  flags: string;
}
