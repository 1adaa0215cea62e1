import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { ROOT } from "../names.ts";
import { type Frame, Screen } from "./frames.ts";
import { movingSvg } from "./moving-svg.ts";

// Records `pnpm watch` for the README while a canary runs, on the cluster that kubectl reaches: released, blue live, mode gateway.
// Linux: its `script` gives the watch a terminal.
const FILE = `${ROOT}docs/pictures/watch.svg`;
const SIZE = { cols: 84, rows: 9 };
const MAIN = `${ROOT}scripts/src/main.ts`;
const CANARY = ["shift", "green", "--steps", "25,50,100", "--interval", "2s"];
const STILL_MS = 2000;

const screen = new Screen(SIZE);
const watching = execa(
  "script",
  ["-qfec", `stty cols ${SIZE.cols} rows ${SIZE.rows}; exec ${process.execPath} ${MAIN} watch`, "/dev/null"],
  {
    env: { CI: "", TERM: "xterm-256color", FORCE_COLOR: "1" },
    stdin: "pipe",
    buffer: false,
    reject: false,
    encoding: "buffer",
  },
);
const shown = (async () => {
  for await (const output of watching.stdout) await screen.write(output);
})();
/** Waits, output by output, until the screen is as wished. @throws {Error} when the watch ends before */
async function until(isThere: (frame: Frame) => boolean): Promise<void> {
  for (;;) {
    const frame = screen.frames.at(-1);
    if (frame && isThere(frame)) return;
    const more = new Promise<true>((resolve) => watching.stdout.once("data", () => resolve(true)));
    if ((await Promise.race([more, shown])) !== true)
      throw new Error(`the watch ended before its time, showing ${JSON.stringify(frame?.lines)}`);
  }
}

await until(({ lines }) => JSON.stringify(lines).includes("10 requests"));
await execa(process.execPath, [MAIN, ...CANARY], { stdout: "inherit", stderr: "inherit" });
const shifted = screen.frames.at(-1)?.at ?? 0;
await until(({ at }) => at >= shifted + STILL_MS);
// Ctrl-C, as the terminal sends it.
watching.stdin.write("\u0003");
await shown;
await watching;
await writeFile(FILE, movingSvg(screen.frames, SIZE));
process.stdout.write(`${FILE}: ${screen.frames.length} screens\n`);
