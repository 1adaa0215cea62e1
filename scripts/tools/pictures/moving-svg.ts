import type { Frame, Span } from "./frames.ts";

const CHARACTER_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const MARGIN = 14;
/** Time that the last screen stays before the recording restarts. */
const LAST_MS = 3000;
const BACKGROUND = "#0d1117";
const FOREGROUND = "#e6edf3";
/** The terminal's 16 colours. */
const PALETTE =
  "#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #f0f6fc".split(
    " ",
  );

/** One file that plays a terminal's screens in a loop. It needs no script, so it moves inside a README too. */
export function movingSvg(frames: readonly Frame[], size: { cols: number; rows: number }): string {
  const first = frames[0]?.at ?? 0;
  const total = (frames.at(-1)?.at ?? 0) - first + LAST_MS;
  const percent = (at: number) => (((at - first) / total) * 100).toFixed(2);
  const width = size.cols * CHARACTER_WIDTH + 2 * MARGIN;
  const height = size.rows * LINE_HEIGHT + 2 * MARGIN;
  const keyframes = frames
    .map(({ at }, index) => `${percent(at)}%{transform:translateY(${-index * height}px)}`)
    .join("");
  const screens = frames.map(({ lines }, index) => {
    const texts = lines.flatMap((line, row) =>
      drawLine(line, index * height + MARGIN + (row + 0.75) * LINE_HEIGHT),
    );
    return `<g>${texts.join("")}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A terminal recording">
<style>text{white-space:pre;font:14px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:${FOREGROUND}}
#screens{animation:play ${(total / 1000).toFixed(2)}s steps(1,end) infinite}@keyframes play{${keyframes}}</style>
<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
<g id="screens">${screens.join("\n")}</g>
</svg>
`;
}

function drawLine(spans: readonly Span[], y: number): string[] {
  let column = 0;
  return spans.flatMap(({ text, color }) => {
    const x = MARGIN + column * CHARACTER_WIDTH;
    column += text.length;
    const shown = text.trimEnd();
    if (shown === "") return [];
    const fill = color === undefined ? "" : ` style="fill:${PALETTE[color] ?? FOREGROUND}"`;
    // A fixed length keeps the columns aligned in every font.
    const length = (shown.length * CHARACTER_WIDTH).toFixed(1);
    return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}"${fill}>${escape(shown)}</text>`;
  });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
