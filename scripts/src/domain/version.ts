import versions from "../../../services/versions.json" with { type: "json" };
import type { Color } from "./color.ts";

const { variable } = versions;

/** The backend's version in each colour, if a release names no other. What runs may differ: only its responses tell. */
export const DEFAULT_BACKEND_VERSIONS: Readonly<Record<Color, string>> = {
  blue: variable.BLUE_VERSION.default,
  green: variable.GREEN_VERSION.default,
};

/** The frontend's version in both colours, if a release names no other. */
export const DEFAULT_FRONTEND_VERSION = variable.FRONTEND_VERSION.default;
