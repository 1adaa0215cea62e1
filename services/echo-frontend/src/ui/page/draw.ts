import { type Answer, type Look, sharesOf } from "./answers.ts";

const CELL = 14;
const GAP = 3;
const HISTORY_SECONDS = 60;
const LOOKS: readonly Look[] = ["blue", "green", "other", "error"];

/** Fits a canvas to its place on the screen. */
function prepare(canvas: HTMLCanvasElement) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context?.scale(scale, scale);
  return { context, width, height };
}

/** The inks of the scheme that is on now, light or dark, by the names that style.css gives them. */
function readInks(): (name: Look | "card") => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(`--${name}`).trim();
}

/** How many cells a canvas has room for. */
export function roomFor(canvas: HTMLCanvasElement): number {
  const { width, height } = canvas.getBoundingClientRect();
  return Math.max(1, Math.floor((width + GAP) / (CELL + GAP)) * Math.floor((height + GAP) / (CELL + GAP)));
}

/** One cell for each answer, row after row. */
export function drawCells(canvas: HTMLCanvasElement, answers: readonly Answer[]): void {
  const { context, width } = prepare(canvas);
  if (!context) return;
  const columns = Math.max(1, Math.floor((width + GAP) / (CELL + GAP)));
  const ink = readInks();
  const inks = new Map(LOOKS.map((look) => [look, ink(look)]));
  const paper = ink("card");
  answers.forEach(({ look }, index) => {
    const x = (index % columns) * (CELL + GAP);
    const y = Math.floor(index / columns) * (CELL + GAP);
    context.fillStyle = inks.get(look) ?? "";
    context.beginPath();
    context.roundRect(x, y, CELL, CELL, 3);
    context.fill();
    context.strokeStyle = paper;
    context.lineWidth = 2;
    mark(context, look, x, y);
  });
}

/** A sign in the cell for those who do not see its colour: none for blue, a bar for green, a cross for an error. */
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

/** Shares of the last minute, second by second, stacked: blue from below. */
export function drawHistory(canvas: HTMLCanvasElement, answers: readonly Answer[], now: number): void {
  const { context, width, height } = prepare(canvas);
  if (!context) return;
  const seconds = Map.groupBy(answers, ({ at }) => Math.floor(at / 1000));
  const ink = readInks();
  const last = Math.floor(now / 1000);
  const step = width / HISTORY_SECONDS;
  for (let second = last - HISTORY_SECONDS + 1; second <= last; second++) {
    const own = seconds.get(second);
    if (!own) continue;
    // Whole pixels, or the edges of two seconds would shine through.
    const x = Math.round(width - (last - second + 1) * step);
    const right = Math.round(width - (last - second) * step);
    let y = height;
    for (const look of LOOKS) {
      const part = (own.filter((answer) => answer.look === look).length / own.length) * height;
      context.fillStyle = ink(look);
      context.fillRect(x, y - part, right - x, part);
      y -= part;
    }
  }
}

/** What the history shows, in words, for those who do not see it. */
export function describeShares(answers: readonly Answer[]): string {
  const text = sharesOf(answers).map(([name, share]) => `${name}: ${Math.round(share * 100)} %`);
  return text.length > 0 ? text.join(", ") : "no answer";
}

export const HISTORY_MS = HISTORY_SECONDS * 1000;
