import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Step } from "./lesson.ts";
import { compare, shownLines } from "./output.ts";

/** Ends commands that have not ended, in ms. A slow machine does not reach it. */
const HANG_MS = 600_000;
/** Ends what keeps running and has printed nothing for this long, although the page shows more, in ms. */
const SILENCE_MS = 60_000;

export interface TerminalsOptions {
  /** The root folder of the repository in which the commands run, with a slash at its end. */
  root: string;
  /** A command that runs the command after it, such as in a network of its own. Default: none. */
  wrap?: readonly string[];
  /** Changes of the environment. */
  env?: Readonly<Record<string, string>>;
  /** The commands as they run here. Default: as on the page. */
  localize?: (commands: string) => string;
  /** An output as the page would have it. Default: as it is. */
  delocalize?: (output: string) => string;
}

/** The terminals of a lesson: one for the commands that end, and others in which something keeps running. */
export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #bin = mkdtempSync(join(tmpdir(), "echo-lesson-"));
  readonly #running = new Map<string, Run>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
    // What package.json runs, without the time that pnpm itself takes.
    const program = [process.execPath, `${options.root}scripts/src/main.ts`].map(quoted).join(" ");
    writeFileSync(join(this.#bin, "pnpm"), `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
  }

  /** @throws {Error} if the output differs from that of the page, or a command fails */
  async perform(step: Step): Promise<void> {
    if (step.commands === undefined) return this.#look(step);
    const run = new Run(this.#start(step.commands), this.#options.delocalize);
    if (step.terminal === undefined) return run.showAll(step);
    await this.#running.get(step.terminal)?.end("SIGKILL");
    this.#running.set(step.terminal, run);
    await run.show(step);
  }

  /** Ends everything that still runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.values()].map((run) => run.end("SIGKILL")));
    rmSync(this.#bin, { recursive: true });
  }

  async #look(step: Step): Promise<void> {
    const run = this.#running.get(step.terminal ?? "");
    if (!run)
      throw new Error(`Line ${step.line}: expected commands of the terminal "${step.terminal}" before.`);
    if (step.interrupt) await run.end("SIGINT");
    await run.show(step);
  }

  #start(commands: string) {
    const { root, wrap = [], env = {}, localize = String } = this.#options;
    const { FORCE_COLOR: _color, ECHO_NAMESPACE: _namespace, ...inherited } = process.env;
    // Both outputs are one, as on a terminal. The first command that fails ends the block.
    const [file, ...args] = [...wrap, "bash", "-e", "-c", `exec 2>&1\n${localize(commands)}`];
    return spawn(file, args, {
      cwd: root,
      env: {
        ...{ ...inherited, NO_COLOR: "1", no_proxy: "localhost", ...env },
        PATH: [this.#bin, env.PATH ?? process.env.PATH].join(delimiter),
      },
      // A group of its own, so that a signal reaches all of its processes, as Ctrl-C does.
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
  }
}

/** A text as one word of a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The commands of one block while they run, and what they have printed. */
class Run {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #delocalize: (output: string) => string;
  #output = "";
  #isOver = false;
  /** How many lines the page has shown. */
  #shown = 0;

  constructor(child: ChildProcess, delocalize: (output: string) => string = String) {
    this.#child = child;
    this.#delocalize = delocalize;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#output += text));
    this.#ended = once(child, "close").then(() => (this.#isOver = true));
  }

  /** Waits for the end, and for the page's output. @throws {Error} if a command fails, or the output differs */
  async showAll(step: Step): Promise<void> {
    await this.#unlessHung(this.#ended, HANG_MS);
    await this.show(step);
    const { exitCode } = this.#child;
    if (exitCode !== 0) throw this.#errorOf(step, `the exit code 0, got ${exitCode}`);
  }

  /** Waits until the page's output has been printed. @throws {Error} if the commands end without it, or print more */
  async show(step: Step): Promise<void> {
    for (;;) {
      const isOver = this.#isOver;
      const { used, missing } = compare(step.output, this.#lines().slice(this.#shown), isOver);
      if (used !== undefined) {
        this.#shown += used;
        return;
      }
      if (isOver) throw this.#errorOf(step, missing === undefined ? "no more lines" : `the line: ${missing}`);
      const more = once(this.#child.stdout ?? this.#child, "data");
      await this.#unlessHung(Promise.race([more, this.#ended]), SILENCE_MS);
    }
  }

  /** Sends a signal to all of its processes, and waits for their end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    if (!this.#isOver) this.#kill(signal);
    await this.#unlessHung(this.#ended, HANG_MS);
  }

  #errorOf({ line, heading }: Step, expected: string): Error {
    return new Error(
      `Line ${line}, ${heading}: expected ${expected}\nThe output is:\n${this.#lines().join("\n")}`,
    );
  }

  /** The lines that a page shows. One without an end is still being printed. */
  #lines(): string[] {
    const complete = this.#isOver ? this.#output : this.#output.slice(0, this.#output.lastIndexOf("\n") + 1);
    return shownLines(this.#delocalize(complete));
  }

  async #unlessHung(work: Promise<unknown>, limitMs: number): Promise<void> {
    const hung = setTimeout(() => this.#kill("SIGKILL"), limitMs);
    await work.finally(() => clearTimeout(hung));
  }

  #kill(signal: NodeJS.Signals): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal);
    } catch {
      // All have ended.
    }
  }
}
