import type { Source } from "../result.ts";

/** The colours of the current scheme, by their names in style.css. */
export interface Palette {
  blue: string;
  green: string;
  other: string;
  unknown: string;
  error: string;
  /** The marks on green and on errors. */
  stripe: string;
  cross: string;
  ink: string;
  card: string;
}

/** A pattern for users who cannot tell the colours apart. Blue has none, because one colour may be plain. */
export type Pattern = "plain" | "stripes" | "dots" | "crosses";

const PATTERNS: Readonly<Record<Source, Pattern>> = {
  blue: "plain",
  green: "stripes",
  other: "dots",
  unknown: "plain",
};

/** How a result is drawn. */
export interface Look {
  fill: string;
  mark: string;
  pattern: Pattern;
}

export function lookOf(palette: Palette, source: Source, ok: boolean): Look {
  if (!ok) return { fill: palette.error, mark: palette.cross, pattern: "crosses" };
  const mark = source === "green" ? palette.stripe : palette.card;
  return { fill: palette[source], mark, pattern: PATTERNS[source] };
}

/** Reads the colours as the browser resolves them, system colours too. */
export function readPalette(): Palette {
  const probe = document.createElement("i");
  // Otherwise the browser replaces each colour in forced-colors mode.
  probe.style.setProperty("forced-color-adjust", "none");
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    blue: read("blue"),
    green: read("green"),
    other: read("other"),
    unknown: read("error"),
    error: read("error"),
    stripe: read("stripe"),
    cross: read("cross"),
    ink: read("ink"),
    card: read("card"),
  };
  probe.remove();
  return palette;
}
