/** The command that runs another one pinned to a core. */
export function pinned(core: number, ...command: readonly string[]): [file: string, args: string[]] {
  return ["taskset", ["-c", String(core), ...command]];
}
