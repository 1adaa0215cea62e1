import { openLocalLease } from "../lease/local-lease.ts";
import { openLocalSwitch } from "./local-switch.ts";
import type { Place } from "./place.ts";

/** The running `pnpm dev`. It has one stable name, the backend's. */
export function openLocalPlace(): Place {
  return {
    leases: openLocalLease(),
    open: openLocalSwitch,
    prepare: async () => undefined,
    flags: " --local",
    removal: () => "Restart `pnpm dev`.",
    announcer: () => async () => undefined,
    remember: async () => async () => [],
  };
}
