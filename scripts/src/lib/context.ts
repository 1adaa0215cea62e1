/** What a command knows of its process. Only main.ts creates one. */
export interface Context {
  /** Aborts, with an InterruptedError as its reason, when the process is asked to end. */
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
  /** Whether a person sits at this terminal: prompts and live views are for them alone. */
  interactive: boolean;
  /** Sets the exit code of a command that ends without an error. */
  setExitCode: (code: number) => void;
}
