import type { Needs } from "../domain/rights.ts";

/** The jumpbox sends the faults to each pod. */
export const FAULT_NEEDS: Needs = { rights: { pods: ["list"] }, usesJumpbox: true };
