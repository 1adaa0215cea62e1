import { Grid, MIN_CELLS } from "../grid.ts";
import type { Source } from "../result.ts";
import { type Look, lookOf, type Palette } from "./palette.ts";
import { prepare, type Surface } from "./surface.ts";

/** The side of a cell and the gap between two, in rem. */
const SIDE = 1;
const GAP = 0.1875;

/** One result in the grid. */
export interface Cell {
  source: Source;
  ok: boolean;
}

/** The grid of cells on its canvas. */
export class Cells {
  readonly #canvas: HTMLCanvasElement;
  readonly #grid = new Grid<Cell>();
  #surface: Surface | undefined;
  #palette: Palette;
  #changed = new Set<number>();

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.#canvas = canvas;
    this.#palette = palette;
  }

  add(cell: Cell): void {
    for (const place of this.#grid.add(cell)) this.#changed.add(place);
  }

  clear(): void {
    this.#grid.clear();
    this.layOut(this.#palette);
  }

  /** Draws all cells again, after a change of the size or of the colours. */
  layOut(palette: Palette): void {
    this.#palette = palette;
    this.#surface = prepare(this.#canvas);
    if (!this.#surface) return;
    const { columns, rows } = this.#layout(this.#surface);
    this.#grid.resize(columns * rows);
    this.#changed = new Set(Array.from({ length: columns * rows }, (_, place) => place));
    this.draw();
  }

  /** Draws the cells that changed. */
  draw(): void {
    const surface = this.#surface;
    if (!surface) return;
    const { columns, side, step } = this.#layout(surface);
    for (const place of this.#changed) {
      const x = (place % columns) * step;
      const y = Math.floor(place / columns) * step;
      surface.context.clearRect(x, y, side, side);
      const cell = this.#grid.at(place);
      if (cell) drawCell(surface.context, this.#palette, cell, { x, y, side });
    }
    this.#changed.clear();
  }

  #layout({ width, height, rem }: Surface) {
    const gap = Math.max(1, Math.round(GAP * rem));
    let side = Math.round(SIDE * rem);
    const fit = (length: number) => Math.max(1, Math.floor((length + gap) / (side + gap)));
    while (side > 1 && fit(width) * fit(height) < MIN_CELLS) side--;
    return { columns: fit(width), rows: fit(height), side, step: side + gap };
  }
}

interface Square {
  x: number;
  y: number;
  side: number;
}

/** Draws one result: in the look of its source, or an error framed by the colour of its source. */
export function drawCell(
  context: CanvasRenderingContext2D,
  palette: Palette,
  { source, ok }: Cell,
  square: Square,
): void {
  const look = lookOf(palette, source, ok);
  if (ok || source === "unknown") return drawSquare(context, look, square);
  const frame = Math.max(1, Math.round(square.side * 0.13));
  drawSquare(context, { ...look, fill: palette[source], pattern: "plain" }, square);
  drawSquare(context, look, {
    x: square.x + frame,
    y: square.y + frame,
    side: square.side - 2 * frame,
  });
}

function drawSquare(context: CanvasRenderingContext2D, look: Look, { x, y, side }: Square): void {
  const near = side * 0.26;
  const far = side - near;
  context.fillStyle = look.fill;
  context.beginPath();
  context.roundRect(x, y, side, side, side * 0.2);
  context.fill();
  context.strokeStyle = look.mark;
  context.lineWidth = side * 0.15;
  context.beginPath();
  if (look.pattern === "stripes" || look.pattern === "crosses") {
    context.moveTo(x + near, y + far);
    context.lineTo(x + far, y + near);
  }
  if (look.pattern === "crosses") {
    context.moveTo(x + near, y + near);
    context.lineTo(x + far, y + far);
  }
  if (look.pattern === "dots") context.rect(x + side * 0.38, y + side * 0.38, side * 0.24, side * 0.24);
  context.stroke();
}
