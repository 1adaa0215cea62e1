/** An error that the user can resolve. Its message says what is wrong and what to do next; the stack is not shown. */
export class UserError extends Error {
  override name = "UserError";
  /** The exit code of the process. */
  readonly exitCode: number = 1;
}

/** The user stopped the command: Ctrl-C, SIGTERM or a closed terminal. */
export class InterruptedError extends UserError {
  override name = "InterruptedError";
  override readonly exitCode = 130;
}
