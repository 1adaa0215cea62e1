/** A canvas in the resolution of the screen. All its numbers are pixels of the screen. */
export interface Surface {
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
  /** Pixels per CSS pixel. */
  scale: number;
  /** The font size of the page's root, in pixels. */
  rem: number;
}

/** Sets the resolution of a canvas and clears it. Undefined if it has no size, because it is hidden. */
export function prepare(canvas: HTMLCanvasElement): Surface | undefined {
  const box = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio;
  const width = Math.round(box.width * scale);
  const height = Math.round(box.height * scale);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (!context || width === 0 || height === 0) return undefined;
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * scale;
  return { context, width, height, scale, rem };
}
