import { readLocalFaults, setLocalFaults } from "../adapters/local-faults.ts";
import { UserError } from "../lib/errors.ts";
import type { FaultPlace } from "./place.ts";

/** The faults of the running `pnpm dev`. */
export function openLocalPlace(): FaultPlace {
  return {
    read: async (color) => {
      try {
        return [{ name: color, faults: await readLocalFaults(color) }];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [{ name: color, faults: undefined, problem: "does not run" }];
      }
    },
    set: async (color, faults) => [{ name: color, faults: await setLocalFaults(color, faults) }],
    end: "A restart of the process ends them too, such as after a change of a source file.",
    flags: " --local",
  };
}
