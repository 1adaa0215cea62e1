import { emitKeypressEvents } from "node:readline";
import { plainText } from "../domain/plain-text.ts";
import { aligned } from "../lib/terminal.ts";

/** A key of `pnpm dev`, or several that do alike. */
export interface KeyBinding {
  /** The characters that a terminal sends for it. */
  keys: readonly string[];
  /** How a person reads it, such as `0-9`. */
  label: string;
  /** What it does, in one or two words, for the footer. Without it, only the list of keys has it. */
  short?: string;
  /** What it does, for the list of keys. */
  description: string;
  press: (key: string) => void;
}

/** A key press, as Node reads it from the terminal. */
export interface KeyPress {
  /** Absent for a character without a name, such as `?`. */
  name?: string | undefined;
  ctrl?: boolean;
}

/** What a key reader reports beside the bindings. */
export interface KeyEvents {
  /** Shows a message about the keys. An empty one removes it. */
  say: (message: string) => void;
  /** Ctrl-C. A terminal in raw mode sends no signal for it. */
  quit: () => void;
}

export type KeyReader = (text: string | undefined, key: KeyPress) => void;

const ENDS_A_LINE = new Set(["return", "enter", "escape"]);

/**
 * Reads key presses. Who types or pastes a command here means a shell, so neither may press a key: pasted text has no effect, and
 * after an unknown key all keys are ignored until Enter or Esc. Ctrl-C always works.
 */
export function createKeyReader(bindings: readonly KeyBinding[], { say, quit }: KeyEvents): KeyReader {
  let isPasting = false;
  let isIgnoring = false;
  return (text, { name, ctrl = false }) => {
    if (ctrl && name === "c") return quit();
    if (name === "paste-start") isPasting = true;
    if (isPasting) {
      if (name !== "paste-end") return;
      isPasting = false;
      return say("Pasted text has no effect here: run commands in another terminal.");
    }
    if (name !== undefined && ENDS_A_LINE.has(name)) {
      isIgnoring = false;
      return say("");
    }
    if (isIgnoring) return;
    const binding = bindings.find(({ keys }) => text !== undefined && keys.includes(text));
    if (binding && text !== undefined) {
      say("");
      return binding.press(text);
    }
    isIgnoring = true;
    say(`Unknown key ${describeKey(text, name, ctrl)}: press Enter or Esc, then ? for the list of keys.`);
  };
}

function describeKey(text: string | undefined, name: string | undefined, ctrl: boolean): string {
  if (ctrl && name !== undefined) return `Ctrl-${name.toUpperCase()}`;
  // A named key, such as an arrow, has no text, or one that controls the terminal.
  return JSON.stringify(plainText(text ?? "").trim() || (name ?? "pressed"));
}

/** The list of keys, a line for each. */
export function describeKeys(bindings: readonly KeyBinding[]): string {
  const rows = [...bindings.map(({ label, description }) => [label, description]), ["Ctrl-C", "quit"]];
  return ["Keys:", ...aligned(rows).map((row) => `  ${row}`)].join("\n");
}

/** Between two keys of a summary. */
export const KEY_SEPARATOR = " · ";

/** The keys for one line, such as `b all to blue · g all to green`. */
export function summarizeKeys(bindings: readonly KeyBinding[]): string {
  return bindings
    .flatMap(({ label, short }) => (short === undefined ? [] : [`${label} ${short}`]))
    .join(KEY_SEPARATOR);
}

/** The modes of a terminal (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html) in which it marks pasted text. */
const BRACKETED_PASTE = { on: "\u001B[?2004h", off: "\u001B[?2004l" };

/**
 * Gives each key press of the terminal to a reader, if there is a terminal.
 * @param isLive whether stdout is a terminal that knows control sequences
 * @returns the function that ends this
 */
export function listenToKeys(read: KeyReader, isLive: boolean): () => void {
  const { stdin, stdout } = process;
  if (!stdin.isTTY) return () => undefined;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  if (isLive) stdout.write(BRACKETED_PASTE.on);
  stdin.on("keypress", read);
  stdin.resume();
  return () => {
    stdin.off("keypress", read);
    if (isLive) stdout.write(BRACKETED_PASTE.off);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
