import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { ROOT } from "../../src/lib/paths.ts";
import { type Frame, Screen } from "./frames.ts";
import { movingSvg } from "./moving-svg.ts";

const FILE = `${ROOT}docs/pictures/watch.svg`;
const SIZE = { cols: 84, rows: 9 };
const MAIN = `${ROOT}scripts/src/main.ts`;
const CANARY = ["shift", "green", "--steps", "25,50,100", "--interval", "2s"];
const STILL_MS = 2000;

/**
 * Records `pnpm watch` while a canary runs. Needs Linux, because its `script` gives the watch a terminal, and a cluster
 * in mode gateway with everything released and blue live. @returns the file
 */
export async function recordWatch(): Promise<string> {
  const screen = new Screen(SIZE);
  const watching = startWatch();
  const shown = (async () => {
    for await (const output of watching.stdout) await screen.write(output);
  })();
  /** Waits until the screen is as expected. @throws {Error} if the watch ends before */
  const until = async (isExpected: (frame: Frame) => boolean): Promise<void> => {
    for (;;) {
      const frame = screen.frames.at(-1);
      if (frame && isExpected(frame)) return;
      const more = new Promise<true>((resolve) => watching.stdout.once("data", () => resolve(true)));
      if ((await Promise.race([more, shown])) !== true)
        throw new Error(`pnpm watch ended too early. Its last screen: ${JSON.stringify(frame?.lines)}`);
    }
  };
  await until(({ lines }) => JSON.stringify(lines).includes("10 requests"));
  await execa(process.execPath, [MAIN, ...CANARY], { stdout: "inherit", stderr: "inherit" });
  const shifted = screen.frames.at(-1)?.at ?? 0;
  await until(({ at }) => at >= shifted + STILL_MS);
  // Ctrl-C, as the terminal sends it.
  watching.stdin.write("\u0003");
  await shown;
  await watching;
  await writeFile(FILE, movingSvg(screen.frames, SIZE));
  return FILE;
}

function startWatch() {
  const command = `stty cols ${SIZE.cols} rows ${SIZE.rows}; exec ${process.execPath} ${MAIN} watch`;
  return execa("script", ["-qfec", command, "/dev/null"], {
    env: { CI: "", TERM: "xterm-256color", FORCE_COLOR: "1" },
    stdin: "pipe",
    buffer: false,
    reject: false,
    encoding: "buffer",
  });
}
