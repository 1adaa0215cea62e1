/** What a page leaves out of an output: empty lines, the progress of a shift, and the beginning of a task. */
const LEFT_OUT = [
  /^$/,
  /^(Connecting|Checking|Measuring|Setting|Restoring)\b.* …$/,
  /^(blue|green) \d+ %, .*[<~]\d+ s$/,
  /^❯ /,
];

/** The lines of an output that a page shows. */
export function shownLines(output: string): string[] {
  return output
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => LEFT_OUT.every((pattern) => !pattern.test(line)));
}

export interface Comparison {
  /** How many lines of the output were used; undefined if it differs. */
  used: number | undefined;
  /** Of the page: the furthest line that the output does not have. Undefined if only the output has more lines. */
  missing: string | undefined;
}

/**
 * Compares an output with a page. On the page `…` stands for any text of a line, and a line of its own for any lines. Two
 * spaces or more stand for as many as a table has.
 * @param isWhole whether the output must end where the page does
 */
export function compare(page: readonly string[], lines: readonly string[], isWhole: boolean): Comparison {
  const wanted = page.filter((line) => line !== "");
  let furthest = 0;
  const match = (at: number, from: number): number | undefined => {
    furthest = Math.max(furthest, at);
    const line = wanted[at];
    if (line === undefined) return isWhole && from < lines.length ? undefined : from;
    if (line !== "…") return isLike(line, lines[from]) ? match(at + 1, from + 1) : undefined;
    for (let next = from; next <= lines.length; next++) {
      const used = match(at + 1, next);
      if (used !== undefined) return used;
    }
    return undefined;
  };
  const used = match(0, 0);
  return { used, missing: used === undefined ? wanted[furthest] : undefined };
}

function isLike(wanted: string, line: string | undefined): boolean {
  return line !== undefined && patternOf(wanted).test(line);
}

function patternOf(wanted: string): RegExp {
  const parts = wanted.split(/(…| {2,})/).map((part) => {
    if (part === "…") return ".*";
    return /^ {2,}$/.test(part) ? " {2,}" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join("")}$`);
}
