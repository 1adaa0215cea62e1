import type { Change } from "../changes.ts";
import { BANDS, type Second } from "../seconds.ts";
import { type Look, lookOf, type Palette } from "./palette.ts";
import { prepare, type Surface } from "./surface.ts";

export const CHART_SECONDS = 60;

/** What the chart shows. */
export interface ChartData {
  seconds: readonly Second[];
  changes: readonly Change[];
  /** The second in progress. It is not drawn. */
  current: number;
}

/** Draws the shares of the last minute as stacked bars, one per second, and marks each change of the share. */
export function drawChart(canvas: HTMLCanvasElement, palette: Palette, data: ChartData): void {
  const surface = prepare(canvas);
  if (!surface) return;
  const { width, rem } = surface;
  // Above the bars there is a line of labels.
  const top = Math.round(1.25 * rem);
  const fills = BANDS.map(({ source, ok }) => patternOf(surface, lookOf(palette, source, ok)));
  // Whole pixels, so that there is no gap between two seconds.
  const xOf = (second: number) => Math.round(width - ((data.current - second) * width) / CHART_SECONDS);
  for (const second of data.seconds)
    drawBar(surface, second, {
      fills,
      palette,
      top,
      left: xOf(second.number),
      right: xOf(second.number + 1),
    });
  drawMiddle(surface, palette, top);
  drawChanges(surface, palette, data.changes, xOf, top);
}

interface Bar {
  fills: readonly (CanvasPattern | string)[];
  palette: Palette;
  top: number;
  left: number;
  right: number;
}

/** The width of the thinnest line: 2 CSS pixels, or more on a screen for a hall. */
function thin({ scale, rem }: Surface): number {
  return Math.round(Math.max(2 * scale, rem / 9));
}

function drawBar(surface: Surface, second: Second, bar: Bar): void {
  const { context, height } = surface;
  const { fills, palette, top, left, right } = bar;
  let y = height;
  const gap = thin(surface);
  for (const { index, part } of partsOf(second, height - top, gap)) {
    const band = BANDS[index];
    if (!band) continue;
    context.fillStyle = fills[index] ?? "";
    context.fillRect(left, y - part, right - left, part);
    // The frame of an error, in the colour of its source, as in the cells.
    const frame = gap;
    if (!band.ok && band.source !== "unknown" && part >= 5 * frame) {
      context.fillStyle = palette[band.source];
      context.fillRect(left, y - part, right - left, frame);
      context.fillRect(left, y - frame, right - left, frame);
    }
    y -= part + gap;
  }
}

/** The heights of the bands of a second, with `gap` between two. Even a single error gets a height that can be seen. */
function partsOf({ counts, total }: Second, height: number, gap: number) {
  const bands = counts.map((count, index) => ({ count, index })).filter(({ count }) => count > 0);
  const available = height - gap * (bands.length - 1);
  const parts = bands.map(({ count, index }) => ({
    index,
    part: Math.max(gap, Math.round((count / total) * available)),
  }));
  const largest = parts.reduce((a, b) => (b.part > a.part ? b : a), { index: 0, part: 0 });
  largest.part += available - parts.reduce((sum, { part }) => sum + part, 0);
  return parts;
}

/** A line at 50 %, in two colours by turns, so that it can be seen on each band. */
function drawMiddle(surface: Surface, palette: Palette, top: number): void {
  const { context, width, height } = surface;
  const line = Math.round(thin(surface) / 2);
  const dash = 4 * line;
  for (const [index, color] of [palette.ink, palette.card].entries()) {
    context.fillStyle = color;
    for (let x = index * dash; x < width; x += 2 * dash)
      context.fillRect(x, Math.round((top + height) / 2), dash, line);
  }
}

function drawChanges(
  surface: Surface,
  palette: Palette,
  changes: readonly Change[],
  xOf: (second: number) => number,
  top: number,
): void {
  const { context, width, height, rem } = surface;
  const line = thin(surface);
  context.font = `600 ${Math.round(0.8125 * rem)}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  let free = width;
  // From the newest on: if two labels overlap, the newer one stays.
  for (const { second, green, known } of changes.toReversed()) {
    const x = xOf(second);
    context.fillStyle = palette.card;
    context.fillRect(x - 1.5 * line, top, 3 * line, height - top);
    context.fillStyle = palette.ink;
    context.fillRect(x - line / 2, top * 0.9, line, height - top * 0.9);
    const label = `${known ? "" : "≈ "}${green} % green`;
    const { width: textWidth } = context.measureText(label);
    const start = Math.min(Math.max(0, x - textWidth / 2), width - textWidth);
    if (start + textWidth > free) continue;
    context.fillText(label, start, top / 2);
    free = start - rem / 2;
  }
}

/** A fill with the pattern of a look. */
function patternOf({ context, rem }: Surface, { fill, mark, pattern }: Look): CanvasPattern | string {
  if (pattern === "plain") return fill;
  const side = Math.round(0.5 * rem);
  const tile = document.createElement("canvas");
  tile.width = side;
  tile.height = side;
  const draw = tile.getContext("2d");
  if (!draw) return fill;
  draw.fillStyle = fill;
  draw.fillRect(0, 0, side, side);
  draw.strokeStyle = mark;
  draw.lineWidth = side * (pattern === "stripes" ? 0.2 : 0.14);
  draw.beginPath();
  // Each line again in the neighbouring tiles, so that the tiles join.
  for (const shift of [-side, 0, side]) {
    if (pattern === "dots") break;
    draw.moveTo(shift - 1, side + 1);
    draw.lineTo(shift + side + 1, -1);
    if (pattern === "stripes") continue;
    draw.moveTo(shift - 1, -1);
    draw.lineTo(shift + side + 1, side + 1);
  }
  if (pattern === "dots") draw.rect(side * 0.3, side * 0.3, side * 0.4, side * 0.4);
  draw.stroke();
  return context.createPattern(tile, "repeat") ?? fill;
}
