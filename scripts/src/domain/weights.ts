import * as v from "valibot";
import { type Color, COLORS } from "./color.ts";

/** Each colour's share of the requests: whole percentages from 0 to 100 that add up to 100. */
export type Weights = Readonly<Record<Color, number>>;

const Percent = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100));
export const WeightsSchema = v.pipe(
  v.object({ blue: Percent, green: Percent }),
  v.check(({ blue, green }) => blue + green === 100, "Invalid weights: expected a sum of 100."),
);

/** What a shift aims at: `percent` of the traffic on `color`. */
export interface Target {
  color: Color;
  percent: number;
}

/** All traffic on one colour. */
export function allOn(color: Color): Weights {
  return weightsOf(color, 100);
}

/** `percent` for one colour, the rest for the other. */
export function weightsOf(color: Color, percent: number): Weights {
  return color === "blue" ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };
}

/** The colours that receive traffic. */
export function liveColors(weights: Weights): Color[] {
  return COLORS.filter((color) => weights[color] > 0);
}

/** The colour with less traffic; green if both have the same. */
export function colorWithLess({ blue, green }: Weights): Color {
  return blue < green ? "blue" : "green";
}

export function sameWeights(a: Weights, b: Weights): boolean {
  return COLORS.every((color) => a[color] === b[color]);
}

/** `blue 75 %, green 25 %` */
export function describeWeights(weights: Weights): string {
  return COLORS.map((color) => `${color} ${weights[color]} %`).join(", ");
}
