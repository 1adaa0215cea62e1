import { type Color, COLORS, isColor } from "../versions.ts";
import { UserError } from "../errors.ts";

/** Percent of the requests for each colour: whole numbers from 0 to 100 that add up to 100. */
export type Weights = Readonly<Record<Color, number>>;

/** All traffic on one colour. */
export function allOn(color: Color): Weights {
  return weightsOf(color, 100);
}

/** `percent` for one colour and the rest for the other. */
export function weightsOf(color: Color, percent: number): Weights {
  return color === "blue" ? { blue: percent, green: 100 - percent } : { blue: 100 - percent, green: percent };
}

/** Which colours have any traffic. */
export function liveColors(weights: Weights): Color[] {
  return COLORS.filter((color) => weights[color] > 0);
}

export function sameWeights(a: Weights, b: Weights): boolean {
  return COLORS.every((color) => a[color] === b[color]);
}

/** `blue 75 %, green 25 %` */
export function describeWeights(weights: Weights): string {
  return COLORS.map((color) => `${color} ${weights[color]} %`).join(", ");
}

/** Reads a percentage as it is typed. @throws {UserError} */
export function parsePercent(text: string): number {
  const percent = Number(text);
  if (!/^\d{1,3}$/.test(text) || percent > 100)
    throw new UserError(`${JSON.stringify(text)} is no weight, allowed is a whole number from 0 to 100`);
  return percent;
}

/** What `pnpm shift` is asked for: a colour for all the traffic, or a percentage for one of them. */
export interface Target {
  color: Color;
  percent: number;
}

/** Reads `green`, `--green 25` or `--blue 25`: exactly one of them. @throws {UserError} */
export function parseTarget(color: string | undefined, percents: Partial<Record<Color, string>>): Target {
  const given = COLORS.flatMap((name) => {
    const text = percents[name];
    return text === undefined ? [] : [{ color: name, percent: parsePercent(text) }];
  });
  if (color !== undefined) {
    if (!isColor(color))
      throw new UserError(`${JSON.stringify(color)} is no colour, allowed is ${COLORS.join(" or ")}`);
    given.push({ color, percent: 100 });
  }
  const [target, ...more] = given;
  if (!target || more.length > 0)
    throw new UserError("Say where the traffic goes, once: a colour (green), or a share (--green 25).");
  return target;
}
