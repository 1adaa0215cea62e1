import { emitKeypressEvents } from "node:readline";
import { allOn, type Weights, weightsOf } from "../domain/weights.ts";

/** The keys of the overview. */
export const KEYS = "b all to blue · g all to green · 0-9 tenths to green · o overview · Ctrl-C quit";

/** The weights for a key; undefined for any other key. */
function weightsOfKey(key: string): Weights | undefined {
  if (key === "b") return allOn("blue");
  if (key === "g") return allOn("green");
  return /^\d$/.test(key) ? weightsOf("green", Number(key) * 10) : undefined;
}

/** Reads single keys from the terminal, if there is one. */
export function listenToKeys(
  onWeights: (weights: Weights) => void,
  onOverview: () => void,
  onQuit: () => void,
): void {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    const weights = weightsOfKey(text ?? "");
    if (weights) onWeights(weights);
    else if (key.name === "o") onOverview();
    // A terminal in raw mode sends no signal for Ctrl-C.
    else if (key.name === "q" || (key.ctrl && key.name === "c")) onQuit();
  });
}

export function releaseKeys(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.pause();
}
