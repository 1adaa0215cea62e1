import { execa } from "execa";
import { onTestFinished } from "vitest";
import { run } from "../../src/adapters/command.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { Emulator } from "../../test/support/emulator.ts";
import { eventually } from "./limits.ts";

/** A pseudo-terminal with a command of the project in it, and what a person sees of that. */
export class CommandInTerminal {
  /** The screen after each piece of output, also between the pieces of one write. */
  readonly frames: string[][] = [];
  /** All output, with its control sequences. */
  output = "";
  readonly #emulator: Emulator;
  readonly #script;

  /** Starts a command of the project. The end of the test closes its terminal. */
  constructor(args: readonly string[], { columns = 80, rows = 24, env = {} } = {}) {
    this.#emulator = new Emulator(columns, rows);
    const command = [process.execPath, `${ROOT}scripts/src/main.ts`, ...args].join(" ");
    const inTerminal = `stty cols ${columns} rows ${rows}; tty; exec ${command}`;
    this.#script = execa("script", ["--quiet", "--flush", "--return", "--command", inTerminal, "/dev/null"], {
      reject: false,
      stdin: "pipe",
      buffer: false,
      env: { TERM: "xterm-256color", CI: "", ...env },
    });
    onTestFinished(() => this.close());
    void this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#script.stdout) {
      const text = decoder.decode(Buffer.from(chunk), { stream: true });
      this.output += text;
      this.frames.push(...(await this.#emulator.show(text)));
    }
  }

  /** Presses keys. */
  type(text: string): void {
    this.#script.stdin.write(text);
  }

  /** Pastes text as the terminal of a person does. */
  paste(text: string): void {
    this.type(this.#emulator.pasted(text));
  }

  screen(): string {
    return this.#emulator.screen().join("\n");
  }

  /** Everything that was printed, also above the screen. */
  all(): string {
    return this.#emulator.all().join("\n");
  }

  /** Waits for a text on the screen. */
  async untilScreen(pattern: RegExp): Promise<void> {
    await eventually(
      `${String(pattern)} on the screen`,
      async () => pattern.test(this.screen()) || undefined,
    );
  }

  /** Changes the size of the terminal. */
  async resize(columns: number, rows: number): Promise<void> {
    const [device = ""] = /\/dev\/[\w/]+/.exec(this.output) ?? [];
    this.#emulator.resize(columns, rows);
    await run("stty", ["-F", device, "cols", String(columns), "rows", String(rows)]);
  }

  /** Closes the terminal: SIGHUP, and an error for each write. */
  close(): void {
    this.#script.kill("SIGKILL");
  }
}
