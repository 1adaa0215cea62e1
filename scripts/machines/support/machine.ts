import { spawnSync } from "node:child_process";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { run } from "../../src/adapters/command.ts";
import type { Clone } from "./clone.ts";

/** In what a machine differs from the usual. */
export interface Machine {
  /** A command that runs the command after it: a change of the user or the kernel. */
  wrap?: readonly string[];
  /** What a shell runs, as `sh -c`, with the command line as "$@". */
  shell?: string;
  /** Its environment, beside PATH. */
  env?: Readonly<Record<string, string>>;
}

const IS_ROOT = process.platform === "linux" && process.getuid?.() === 0;
const has = (tool: string) => spawnSync(tool, ["--version"], { stdio: "ignore" }).status === 0;

/** Whether this machine can simulate what some tests need. */
export const CAN = {
  "root on Linux, with util-linux and iproute2":
    IS_ROOT && has("setpriv") && spawnSync("ip", ["-V"]).status === 0,
  "Linux and a C compiler": process.platform === "linux" && has("cc"),
  "script of util-linux": process.platform === "linux" && has("script"),
};

/** Runs commands of a clone. */
export class Runner {
  readonly #clone: Clone;
  readonly #machine: Machine;
  /** Of the namespace in which commands run. Empty: this machine's network. */
  readonly #network: readonly string[];

  constructor(clone: Clone, machine: Machine, network: readonly string[]) {
    this.#clone = clone;
    this.#machine = machine;
    this.#network = network;
  }

  /** Starts a command of the clone in a process group of its own. The end of the test ends the group. */
  start(command: readonly string[]) {
    const { wrap = [], shell = 'exec "$@"', env = {} } = this.#machine;
    const inShell = ["sh", "-c", `umask 077; ${shell}`, "sh", ...command];
    const [file = "", ...args] = [...this.#network, ...wrap, ...inShell];
    const child = execa(file, args, {
      cwd: this.#clone.root,
      // A folder of its own comes first: it has pnpm, and stand-ins for other tools.
      env: { PATH: `${this.#clone.bin}:${process.env.PATH}`, ...env },
      extendEnv: false,
      detached: true,
      stdin: "ignore",
      reject: false,
      all: true,
    });
    onTestFinished(() => endGroup(child.pid));
    return child;
  }

  /** The body of a response, requested from the network of this machine. */
  request(url: string): Promise<string> {
    const program = `fetch(${JSON.stringify(url)}).then((response) => response.text()).then(console.log)`;
    const [file, ...args] = [...this.#network, process.execPath, "--eval", program];
    return run(file, args);
  }
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
