import { watch } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../adapters/command.ts";
import { ROOT, SERVICES } from "../names.ts";

/** An editor writes several files at once: what comes within this time is one change, in ms. */
const SETTLE_MS = 100;

/** Builds the services. @throws {CommandError} with the compiler's words */
export async function build(): Promise<void> {
  await Promise.all(
    SERVICES.map((service) => run("tsup", ["--silent"], { cwd: `${ROOT}services/${service}` })),
  );
}

/** Calls `onChange` after each change of a service's source, one call after the other, until `signal` ends it. */
export async function onSourceChange(onChange: () => Promise<void>, signal: AbortSignal): Promise<void> {
  let last = Promise.resolve();
  let waiting = false;
  const settle = async () => {
    await pause(SETTLE_MS);
    waiting = false;
    await onChange();
  };
  try {
    for await (const { filename } of watch(`${ROOT}services`, { recursive: true, signal })) {
      if (waiting || filename === null || !isSource(filename)) continue;
      waiting = true;
      last = last.then(settle);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  await last;
}

function isSource(path: string): boolean {
  return (
    /(^versions\.json|[/\\]src[/\\].+|[/\\]tsup(\.config)?\.ts)$/.test(path) && !path.includes("node_modules")
  );
}
