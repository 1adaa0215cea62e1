import { styleText } from "node:util";
import type { Color } from "../domain/color.ts";

/** How a colour looks in a terminal, and its pattern for readers who do not see colours. */
const LOOKS = {
  blue: { style: "blueBright", fill: "█" },
  green: { style: "greenBright", fill: "▓" },
} as const;
const OTHER = { style: "redBright", fill: "░" } as const;

/** A bar whose length is a share of `width`, from 0 to 1, in the look of a colour. Undefined: neither blue nor green. */
export function shareBar(color: Color | undefined, share: number, width: number): string {
  const { style, fill } = color === undefined ? OTHER : LOOKS[color];
  return styleText(style, fill.repeat(Math.round(share * width)).padEnd(width));
}
