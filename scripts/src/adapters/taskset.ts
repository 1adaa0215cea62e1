/** The core of a server that is measured. */
export const SERVER_CORE = 0;
/** The core of everything around it: its load, its backend and the reader of its log. */
export const LOAD_CORE = 1;

/** The command that runs another one pinned to a core. */
export function pinned(core: number, ...command: readonly string[]): [file: string, args: string[]] {
  return ["taskset", ["-c", String(core), ...command]];
}
