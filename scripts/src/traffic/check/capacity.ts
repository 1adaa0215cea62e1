import type { Color } from "../../domain/color.ts";
import { liveColors, type Weights } from "../../domain/weights.ts";

/** How many ready instances each step of a shift needs. */
export interface CapacityRule {
  /** The weights before the shift. */
  origin: Weights;
  /** How many instances carried the traffic before the shift. */
  originReady: number;
  /** Ready instances that each step needs. Default: the step's share of `originReady`, rounded up. */
  minReady: number | undefined;
}

/** What a colour needs before it gets traffic. */
export interface Need {
  /** Ready instances, at least 1. */
  ready: number;
  /** Where the number comes from. */
  reason: string;
}

/** The need of a colour that has traffic, and gets no more. */
export const ALIVE: Need = { ready: 1, reason: "for its present share" };

/**
 * The ready instances that carried the traffic before a shift. If two colours shared it, the larger one counts: it could have
 * carried all.
 */
export async function readyAtOrigin(
  origin: Weights,
  ready: (color: Color) => Promise<number>,
): Promise<number> {
  return Math.max(...(await Promise.all(liveColors(origin).map((color) => ready(color)))));
}

/** The need of a colour for the largest of some steps; undefined if it gets no more traffic than before the shift. */
export function needOf(color: Color, steps: readonly Weights[], rule: CapacityRule): Need | undefined {
  const share = Math.max(0, ...steps.map((weights) => weights[color]));
  if (share <= rule.origin[color]) return undefined;
  if (rule.minReady !== undefined) return { ready: rule.minReady, reason: "--min-ready" };
  // The product is a whole number, so its hundredth is exact if it is whole too.
  const ready = Math.max(1, Math.ceil((share * rule.originReady) / 100));
  return { ready, reason: `${share} % of the ${rule.originReady} at the origin` };
}
