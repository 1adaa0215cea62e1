import { createProgram } from "./commands/program.ts";
import { InterruptedError, UserError } from "./lib/errors.ts";

// A reader such as `| head` may close the output early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// When the process is asked to end, the command ends in its own time. pnpm forwards Ctrl-C, so it can arrive twice:
// repetitions have no effect.
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => interrupted.abort(new InterruptedError("Interrupted.")));

const { env, stdin, stdout } = process;
const program = createProgram({
  signal: interrupted.signal,
  env,
  interactive: stdin.isTTY && stdout.isTTY && !env.CI,
  setExitCode: (code) => (process.exitCode = code),
});

try {
  await program.parseAsync();
} catch (error) {
  // The message of a UserError is enough. Anything else is a defect, and needs its stack.
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = error.exitCode;
}
