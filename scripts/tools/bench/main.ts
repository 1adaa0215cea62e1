import { UserError } from "../../src/lib/errors.ts";
import { program } from "./program.ts";

try {
  await program.parseAsync();
} catch (error) {
  // The user can fix this one: its message is enough.
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = error.exitCode;
}
