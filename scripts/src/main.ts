import { createProgram } from "./commands/program.ts";
import { UserError } from "./lib/errors.ts";
import { interruption } from "./lib/interrupt.ts";

// A reader such as `| head` may close the output early.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { env, stdin, stdout } = process;
const program = createProgram({
  signal: interruption(),
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
