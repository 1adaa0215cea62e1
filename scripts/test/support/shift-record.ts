import type { ShiftRecord } from "../../src/traffic/lease/record.ts";

/** A canary to green that was stopped at 50 %. */
export const UNFINISHED: ShiftRecord = {
  service: "echo-backend",
  color: "green",
  origin: { blue: 100, green: 0 },
  steps: [5, 50, "pause", 100],
  next: 1,
  weights: { blue: 50, green: 50 },
  limits: { intervalMs: 0, maxErrorRate: 1, maxP99Ratio: 2 },
  by: "rival@elsewhere",
  since: "2026-01-02T03:04:05.000Z",
  state: "running",
  requests: 0,
  failed: 0,
};
