import type { Source } from "../result.ts";
import { drawCell } from "./cells.ts";
import type { Palette } from "./palette.ts";
import { prepare } from "./surface.ts";

const SOURCES: readonly Source[] = ["blue", "green", "other", "unknown"];

/** Draws one cell into each canvas of the legend. */
export function drawLegend(palette: Palette): void {
  for (const canvas of document.querySelectorAll<HTMLCanvasElement>("#legend canvas")) {
    const surface = prepare(canvas);
    const source = SOURCES.find((name) => name === canvas.dataset.source);
    if (!surface || !source) continue;
    const ok = canvas.dataset.error === undefined;
    drawCell(surface.context, palette, { source, ok }, { x: 0, y: 0, side: surface.width });
  }
}
