import wrapAnsi from "wrap-ansi";

/** A terminal: process.stdout, or a stand-in for it. */
export interface Terminal {
  columns: number;
  rows: number;
  write: (text: string) => unknown;
}

/** How many of the newest lines are kept, to print them again after a change of the size. */
const KEPT_LINES = 200;

// Control functions of ECMA-48. They all exist since the VT102.
const CSI = "\u001B[";
const up = (rows: number) => (rows > 0 ? `${CSI}${rows}A` : "");
const down = (rows: number) => (rows > 0 ? `${CSI}${rows}B` : "");
const insertLines = (rows: number) => `${CSI}${rows}L`;
const START_OF_LINE = "\r";
const ERASE_REST_OF_LINE = `${CSI}K`;
const ERASE_BELOW = `${CSI}J`;
const TOP = `${CSI}H`;

/**
 * Lines that stay below everything that is printed. They are on the screen at any time: a print scrolls them up and pushes them
 * down again, and a change overwrites them in place. A library that erases them before each print, such as log-update, lets them
 * flicker. Nothing else may write to the terminal meanwhile.
 */
export class PinnedLines {
  readonly #terminal: Terminal;
  /** The pinned rows on the screen. The cursor is in the last one. */
  #pinned: readonly string[] = [];
  #newest: string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Prints text above the pinned lines. */
  print(text: string): void {
    const lines = text.split("\n");
    this.#newest = [...this.#newest, ...lines].slice(-KEPT_LINES);
    const height = this.#pinned.length;
    if (height === 0) {
      // The terminal wraps long lines itself, so that a person can copy them whole.
      this.#terminal.write(`${text}\n`);
      return;
    }
    const rows = lines.flatMap((line) => this.#wrap(line));
    // More rows at once would scroll the pinned ones off the screen.
    const most = Math.max(1, this.#terminal.rows - height);
    for (let at = 0; at < rows.length; at += most) {
      const some = rows.slice(at, at + most);
      const makeRoom = "\n".repeat(some.length) + up(some.length + height - 1) + START_OF_LINE;
      this.#terminal.write(makeRoom + insertLines(some.length) + some.join("\n") + down(height));
    }
  }

  /** Replaces the pinned lines. What is wider than the terminal is cut off. */
  pin(lines: readonly string[]): void {
    if (lines.length === 0 && this.#pinned.length === 0) return;
    const next = lines.map((line) => this.#wrap(line)[0] ?? "");
    // Without pinned lines the cursor is in an empty row.
    const height = Math.max(1, this.#pinned.length);
    const more = Math.max(0, next.length - height);
    const cursor = height - 1 + more;
    const changes = next.map((row, at) => (row === this.#pinned[at] ? "" : overwrite(row, cursor - at)));
    // A row that moves down is in its new place before another overwrites it in the old one.
    if (more > 0) changes.reverse();
    const output = "\n".repeat(more) + changes.join("") + eraseAfter(next.length, cursor);
    if (output !== "") this.#terminal.write(output);
    this.#pinned = next;
  }

  /**
   * Draws the newest lines again after the terminal's size changed, because each terminal moves them in its own way. The pinned lines
   * are gone until the next `pin`.
   */
  redraw(): void {
    this.#pinned = [];
    const rows = this.#newest
      .flatMap((line) => this.#wrap(line))
      .slice(-Math.max(1, this.#terminal.rows - 1));
    this.#terminal.write(`${TOP}${ERASE_BELOW}${rows.map((row) => `${row}\n`).join("")}`);
  }

  /** The rows that a line takes. */
  #wrap(line: string): string[] {
    const { columns } = this.#terminal;
    // A terminal may not know its size.
    if (!(columns > 0)) return [line];
    const text = line.replaceAll("\t", "    ");
    return wrapAnsi(text, columns, { hard: true, trim: false, wordWrap: false }).split("\n");
  }
}

/** Overwrites a row in place. The cursor is some rows below it, before and after that. */
function overwrite(row: string, rowsUp: number): string {
  return up(rowsUp) + START_OF_LINE + row + ERASE_REST_OF_LINE + down(rowsUp);
}

/** Erases the rows after the first `height` ones. The cursor is in row `cursor`, and then in the last row that is left. */
function eraseAfter(height: number, cursor: number): string {
  if (height > cursor) return "";
  return up(cursor - height) + START_OF_LINE + ERASE_BELOW + (height > 0 ? up(1) : "");
}
