import versions from "../../services/versions.json" with { type: "json" };

const { variable } = versions;

export const COLORS = ["blue", "green"] as const;
export type Color = (typeof COLORS)[number];

export function isColor(word: string): word is Color {
  return COLORS.some((color) => color === word);
}

export function otherColor(color: Color): Color {
  return color === "blue" ? "green" : "blue";
}

/** The version of the backend that each colour runs. */
export const BACKEND_VERSIONS: Readonly<Record<Color, string>> = {
  blue: variable.BLUE_VERSION.default,
  green: variable.GREEN_VERSION.default,
};

/** A backend's version with its colour, `blue 11.0`; any other word stays as it is. */
export function versionName(version: string): string {
  const color = COLORS.find((name) => BACKEND_VERSIONS[name] === version);
  return color ? `${color} ${version}` : version;
}

/** The version of the frontend, in either colour. */
export const FRONTEND_VERSION = variable.FRONTEND_VERSION.default;
