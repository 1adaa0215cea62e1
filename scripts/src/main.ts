import { program } from "./cli.ts";
import { UserError } from "./errors.ts";

// Whoever reads the output may stop early, as `| head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  // A mistake of the user's, or a tool's failure, is told in words; a stack trace is for a defect of ours.
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = error.exitCode;
}
