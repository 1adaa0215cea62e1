import xterm from "@xterm/headless";

/** A run of characters in one colour. */
export interface Span {
  text: string;
  /** One of the terminal's 16 colours; undefined for its default. */
  color: number | undefined;
}

/** A terminal screen, line by line, and its start. */
export interface Frame {
  /** In ms since the start of the recording. */
  at: number;
  lines: Span[][];
}

/** Turns a program's terminal output into the screens that a person sees. */
export class Screen {
  readonly frames: Frame[] = [];
  readonly #terminal;
  readonly #start = performance.now();

  constructor(size: { cols: number; rows: number }) {
    this.#terminal = new xterm.Terminal({ ...size, allowProposedApi: true });
  }

  /** Shows a chunk of output. An unchanged screen adds no frame. */
  async write(output: Uint8Array | string): Promise<void> {
    const at = performance.now() - this.#start;
    await new Promise<void>((resolve) => this.#terminal.write(output, resolve));
    const lines = this.#lines();
    if (JSON.stringify(lines) !== JSON.stringify(this.frames.at(-1)?.lines)) this.frames.push({ at, lines });
  }

  #lines(): Span[][] {
    const { active } = this.#terminal.buffer;
    return Array.from({ length: this.#terminal.rows }, (_, row) => {
      const spans: Span[] = [];
      const line = active.getLine(active.viewportY + row);
      for (let column = 0; column < this.#terminal.cols; column++) {
        const cell = line?.getCell(column);
        const text = cell?.getChars() || " ";
        const color = cell?.isFgPalette() ? cell.getFgColor() : undefined;
        const last = spans.at(-1);
        if (last && last.color === color) last.text += text;
        else spans.push({ text, color });
      }
      return spans.filter(({ text }) => text.trim() !== "" || spans.length > 1);
    });
  }
}
