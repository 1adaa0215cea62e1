/** What a command knows of its process. Only command-line.ts creates one. */
export interface Context {
  /** Aborts, with an InterruptedError as its reason, when the process is asked to end. */
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
  /** Whether a person sits at this terminal: prompts are for them alone. */
  interactive: boolean;
  /** Whether that terminal can also move its cursor: live views and lists need it. Elsewhere their lines are plain. */
  live: boolean;
  /** Sets the exit code of a command that ends without an error. */
  setExitCode: (code: number) => void;
}
