import { type Look, type Result, sharesOf } from "./results.ts";

const CELL = 14;
const GAP = 3;
const HISTORY_SECONDS = 60;
const LOOKS: readonly Look[] = ["blue", "green", "other", "error"];

/** Sets the resolution of a canvas to that of the screen. */
function prepare(canvas: HTMLCanvasElement) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context?.scale(scale, scale);
  return { context, width, height };
}

/** The colours of the current scheme, light or dark, by their names in style.css. */
function readColors(): (name: Look | "card") => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** The number of cells that fit into a canvas. */
export function capacityOf(canvas: HTMLCanvasElement): number {
  const { width, height } = canvas.getBoundingClientRect();
  return Math.max(1, Math.floor((width + GAP) / (CELL + GAP)) * Math.floor((height + GAP) / (CELL + GAP)));
}

/** Draws one cell per result, row by row. */
export function drawCells(canvas: HTMLCanvasElement, results: readonly Result[]): void {
  const { context, width } = prepare(canvas);
  if (!context) return;
  const columns = Math.max(1, Math.floor((width + GAP) / (CELL + GAP)));
  const colorOf = readColors();
  const colors = new Map(LOOKS.map((look) => [look, colorOf(look)]));
  const background = colorOf("card");
  results.forEach(({ look }, index) => {
    const x = (index % columns) * (CELL + GAP);
    const y = Math.floor(index / columns) * (CELL + GAP);
    context.fillStyle = colors.get(look) ?? "";
    context.beginPath();
    context.roundRect(x, y, CELL, CELL, 3);
    context.fill();
    context.strokeStyle = background;
    context.lineWidth = 2;
    mark(context, look, x, y);
  });
}

/** Marks a cell for users who cannot see its colour: nothing for blue, a bar for green, a cross for an error. */
function mark(context: CanvasRenderingContext2D, look: Look, x: number, y: number): void {
  const near = 4;
  const far = CELL - 4;
  context.beginPath();
  if (look === "green" || look === "error") {
    context.moveTo(x + near, y + far);
    context.lineTo(x + far, y + near);
  }
  if (look === "error") {
    context.moveTo(x + near, y + near);
    context.lineTo(x + far, y + far);
  }
  if (look === "other") context.rect(x + 5, y + 5, CELL - 10, CELL - 10);
  context.stroke();
}

/** Draws the shares of the last minute as stacked bars, one per second, with blue at the bottom. */
export function drawHistory(canvas: HTMLCanvasElement, results: readonly Result[], now: number): void {
  const { context, width, height } = prepare(canvas);
  if (!context) return;
  const seconds = Map.groupBy(results, ({ at }) => Math.floor(at / 1000));
  const colorOf = readColors();
  const last = Math.floor(now / 1000);
  const step = width / HISTORY_SECONDS;
  for (let second = last - HISTORY_SECONDS + 1; second <= last; second++) {
    const inSecond = seconds.get(second);
    if (!inSecond) continue;
    // Whole pixels, so that there is no gap between two seconds.
    const x = Math.round(width - (last - second + 1) * step);
    const right = Math.round(width - (last - second) * step);
    let y = height;
    for (const look of LOOKS) {
      const part = (inSecond.filter((result) => result.look === look).length / inSecond.length) * height;
      context.fillStyle = colorOf(look);
      context.fillRect(x, y - part, right - x, part);
      y -= part;
    }
  }
}

/** The shares in words, for a screen reader. */
export function describeShares(results: readonly Result[]): string {
  const text = sharesOf(results).map(([name, share]) => `${name}: ${Math.round(share * 100)} %`);
  return text.length > 0 ? text.join(", ") : "no response";
}

export const HISTORY_MS = HISTORY_SECONDS * 1000;
