import { type Color, COLORS, isColor } from "../../domain/color.ts";
import { backendIn } from "../../domain/echo.ts";

/** The colour of each version; empty if both colours have the same version. */
export type VersionColors = ReadonlyMap<string, Color>;

export function versionColors(versions: Readonly<Record<Color, string | undefined>>): VersionColors {
  const { blue, green } = versions;
  if (blue === green) return new Map();
  return new Map(
    COLORS.flatMap((color) => (versions[color] === undefined ? [] : [[versions[color], color]])),
  );
}

/** The colour of a frontend's backend: by the header x-echo-backend-color, or by the version if an older frontend has none. */
export function backendColor(header: string, body: string, colors: VersionColors): Color | undefined {
  return isColor(header) ? header : colors.get(backendIn(body));
}
