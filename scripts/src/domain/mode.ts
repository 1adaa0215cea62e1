/**
 * How a stable name in the cluster leads to the colours. service: its selector names one colour, so all or nothing.
 * gateway: an HTTPRoute with any weights.
 */
export const MODES = ["service", "gateway"] as const;
export type Mode = (typeof MODES)[number];
