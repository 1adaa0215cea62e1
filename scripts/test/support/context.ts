import type { Context } from "../../src/lib/context.ts";

/** The context of a command that is not interrupted, without a terminal. */
export const CONTEXT: Context = {
  signal: new AbortController().signal,
  env: process.env,
  interactive: false,
  live: false,
  setExitCode: () => undefined,
};
