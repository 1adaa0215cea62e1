import { withoutDashes } from "./commands/dashes.ts";
import { createProgram } from "./commands/program.ts";
import { InterruptedError, UserError } from "./lib/errors.ts";
import { removeLeftFolders } from "./lib/temporary-folder.ts";

/** Runs the command of a command line. It sets the exit code of this process, and never throws. */
export async function runCommandLine(args: string[]): Promise<void> {
  // Whatever asks this process to end, the command ends in its own time and cleans up. It can be asked more than once: pnpm
  // forwards Ctrl-C, and a terminal that closes sends SIGHUP and fails each write. Repetitions have no effect.
  const interrupted = new AbortController();
  const interrupt = (message: string) => interrupted.abort(new InterruptedError(message));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => interrupt("Interrupted."));
  // The terminal is gone (EIO), or the reader of the output, such as `| head`, has ended (EPIPE).
  for (const stream of [process.stdin, process.stdout, process.stderr])
    stream.on("error", ({ message }) => interrupt(`Interrupted: ${message}`));
  // A defect. Without this, the tools and services that the command has started would outlive it.
  let isDefect = false;
  process.on("uncaughtException", (error) => {
    isDefect = true;
    console.error(error);
    interrupt("Interrupted by a defect of this program.");
  });

  removeLeftFolders();

  const { env, stdin, stdout } = process;
  const interactive = stdin.isTTY && stdout.isTTY && !env.CI;
  const program = createProgram({
    signal: interrupted.signal,
    env,
    interactive,
    live: interactive && env.TERM !== undefined && env.TERM !== "dumb",
    setExitCode: (code) => (process.exitCode = code),
  });

  try {
    await program.parseAsync(withoutDashes(program, args), { from: "user" });
  } catch (error) {
    // The message of a UserError is enough. Anything else is a defect, and needs its stack.
    if (error instanceof UserError) {
      process.stderr.write(`\n${error.message}\n`);
      process.exitCode = error.exitCode;
    } else {
      console.error(error);
      isDefect = true;
    }
  }
  if (isDefect) process.exitCode = 1;
}
