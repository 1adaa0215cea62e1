import { writeFile } from "node:fs/promises";
import { execa } from "execa";
import { ROOT } from "../names.ts";
import { Screen } from "./frames.ts";
import { movingSvg } from "./moving-svg.ts";

// Records `pnpm watch` for the README while a canary runs, on the cluster that kubectl reaches: released, blue live, mode gateway.
// Linux: its `script` gives the watch a terminal.
const FILE = `${ROOT}docs/pictures/watch.svg`;
const SIZE = { cols: 84, rows: 14 };
const MAIN = `${ROOT}scripts/src/main.ts`;
const CANARY = ["shift", "green", "--steps", "25,50,100", "--interval", "2s"];
const STILL_MS = 2000;

const screen = new Screen(SIZE);
const watching = execa(
  "script",
  ["-qfec", `stty cols ${SIZE.cols} rows ${SIZE.rows}; exec node ${MAIN} watch`, "/dev/null"],
  { env: { CI: "" }, stdin: "pipe", buffer: false, reject: false, encoding: "buffer" },
);
const shown = (async () => {
  for await (const output of watching.stdout) await screen.write(output);
})();
const seen = () => screen.frames.at(-1);
while (!JSON.stringify(seen()?.lines ?? "").includes("10 requests"))
  await Promise.race([new Promise((resolve) => watching.stdout.once("data", resolve)), shown]);
await execa(process.execPath, [MAIN, ...CANARY], { stdout: "inherit", stderr: "inherit" });
const shifted = seen()?.at ?? 0;
while ((seen()?.at ?? 0) < shifted + STILL_MS)
  await Promise.race([new Promise((resolve) => watching.stdout.once("data", resolve)), shown]);
// Ctrl-C, as the terminal sends it.
watching.stdin.write("\u0003");
await shown;
await watching;
await writeFile(FILE, movingSvg(screen.frames, SIZE));
process.stdout.write(`${FILE}: ${screen.frames.length} screens\n`);
