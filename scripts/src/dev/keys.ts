import { emitKeypressEvents } from "node:readline";
import { allOn, type Weights, weightsOf } from "../traffic/weights.ts";

/** What the keys do, for the opening screen. */
export const KEYS = "b all to blue · g all to green · 0-9 tenths to green · o what runs where · Ctrl-C end";

interface Listener {
  onWeights: (weights: Weights) => void;
  onOverview: () => void;
  onEnd: () => void;
}

/** The weights that a key asks for; undefined for any other key. */
export function weightsOfKey(key: string): Weights | undefined {
  if (key === "b") return allOn("blue");
  if (key === "g") return allOn("green");
  return /^\d$/.test(key) ? weightsOf("green", Number(key) * 10) : undefined;
}

/** Reads single keys from the terminal; does nothing where there is none. */
export function listenToKeys({ onWeights, onOverview, onEnd }: Listener): void {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", (text: string | undefined, key: { name?: string; ctrl?: boolean }) => {
    const weights = weightsOfKey(text ?? "");
    if (weights) onWeights(weights);
    else if (key.name === "o") onOverview();
    // A terminal in raw mode sends no signal of its own.
    else if (key.name === "q" || (key.ctrl && key.name === "c")) onEnd();
  });
}

export function releaseKeys(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdin.pause();
}
