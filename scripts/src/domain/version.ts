import versions from "../../../services/versions.json" with { type: "json" };
import { type Color, COLORS } from "./color.ts";

const { variable } = versions;

/** The backend's version in each colour. */
export const BACKEND_VERSIONS: Readonly<Record<Color, string>> = {
  blue: variable.BLUE_VERSION.default,
  green: variable.GREEN_VERSION.default,
};

/** The frontend's version, the same in both colours. */
export const FRONTEND_VERSION = variable.FRONTEND_VERSION.default;

/** A backend's version with its colour, such as `blue 11.0`; any other text is returned unchanged. */
export function versionName(version: string): string {
  const color = COLORS.find((name) => BACKEND_VERSIONS[name] === version);
  return color ? `${color} ${version}` : version;
}
