/**
 * How many revisions of a helm release, and how many finished shifts, are kept. A canary writes one revision for each step,
 * so that helm's own 10 do not reach back to the origin of a long one.
 */
export const HISTORY_MAX = 100;
