import { withoutDashes } from "../../src/commands/dashes.ts";
import { UserError } from "../../src/lib/errors.ts";
import { program } from "./program.ts";

// process.exit() kills the servers that still run.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

try {
  await program.parseAsync(withoutDashes(program, process.argv.slice(2)), { from: "user" });
} catch (error) {
  // The user can fix this one: its message is enough.
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exit(error.exitCode);
}
