import xterm from "@xterm/headless";
import type { Terminal } from "../../src/lib/pinned-lines.ts";

/** A control sequence, a line break, or text without both. */
// oxlint-disable-next-line no-control-regex -- this is how control sequences begin
const PIECES = /\u001B\[[\d;?]*[A-Za-z]|\n|[^\u001B\n]+|\u001B/g;

/** A terminal emulator: what a person sees of a program's output. */
export class Emulator implements Terminal {
  readonly #xterm: InstanceType<typeof xterm.Terminal>;
  #output = "";

  columns: number;
  rows: number;

  constructor(columns = 80, rows = 24) {
    this.columns = columns;
    this.rows = rows;
    // A kernel's terminal starts a new line with a carriage return too.
    this.#xterm = new xterm.Terminal({
      cols: columns,
      rows,
      scrollback: 5000,
      convertEol: true,
      allowProposedApi: true,
    });
  }

  /** Keeps output for the next `read`. */
  write(text: string): void {
    this.#output += text;
  }

  /** Shows what was written. @returns the screens that result */
  read(): Promise<string[][]> {
    const text = this.#output;
    this.#output = "";
    return this.show(text);
  }

  /**
   * Shows output in small pieces: a slow terminal, or one that draws at that moment, shows any of these states.
   * @returns the screen after each piece
   */
  async show(text: string): Promise<string[][]> {
    const screens: string[][] = [];
    for (const piece of text.match(PIECES) ?? []) this.#xterm.write(piece, () => screens.push(this.screen()));
    await new Promise<void>((resolve) => this.#xterm.write("", resolve));
    return screens;
  }

  /** Changes its size, as a person does with a window. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.#xterm.resize(columns, rows);
  }

  /** What a terminal sends to the program if a person pastes text. */
  pasted(text: string): string {
    return this.#xterm.modes.bracketedPasteMode ? `\u001B[200~${text}\u001B[201~` : text;
  }

  /** The rows on the screen. */
  screen(): string[] {
    return this.#rowsFrom(this.#xterm.buffer.active.baseY);
  }

  /** All rows, also those that were scrolled off the screen, without the empty ones at the end. */
  all(): string[] {
    return this.#rowsFrom(0).join("\n").trimEnd().split("\n");
  }

  #rowsFrom(first: number): string[] {
    const { active } = this.#xterm.buffer;
    const rowAt = (_: unknown, at: number) => active.getLine(first + at)?.translateToString(true) ?? "";
    return Array.from({ length: active.length - first }, rowAt);
  }
}
