import { readLocalFaults, setLocalFaults } from "../adapters/local-faults.ts";
import type { Color } from "../domain/color.ts";
import { describeFaults, type Faults } from "../domain/fault.ts";
import { UserError } from "../lib/errors.ts";

/** What a key sets, one after the other, and then again from the first. */
const CYCLES = { errors: [0, 20, 50, 100], delayMs: [0, 200, 1000] } as const;

/** A fault that a key changes. */
export type CycledFault = keyof typeof CYCLES;

/** The faults of the running backends. */
export interface LocalFaults {
  read: (color: Color) => Promise<Faults>;
  set: (color: Color, faults: Faults) => Promise<Faults>;
}

/** The faults of the backends of this machine. */
export const LOCAL_FAULTS: LocalFaults = { read: readLocalFaults, set: setLocalFaults };

/** Changes faults one after the other, so that a key that is pressed twice advances twice. */
export function createFaultKeys(faults: LocalFaults, say: (message: string) => void) {
  let last = Promise.resolve();
  const advance = async (color: Color, name: CycledFault) => {
    try {
      const current = await faults.read(color);
      const next = CYCLES[name].find((value) => value > current[name]) ?? 0;
      say(`Faults of ${color}: ${describeFaults(await faults.set(color, { ...current, [name]: next }))}`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      say(`${color} does not respond at its admin port. The key r restarts a service that has ended.`);
    }
  };
  /** Sets the next value of a fault. The other faults of the colour stay. */
  return (color: Color, name: CycledFault): Promise<void> => (last = last.then(() => advance(color, name)));
}
