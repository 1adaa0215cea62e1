export const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

export function isColor(text: string): text is Color {
  return COLORS.some((color) => color === text);
}

export function otherColor(color: Color): Color {
  return color === "blue" ? "green" : "blue";
}
