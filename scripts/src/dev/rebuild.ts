import { watch } from "node:fs/promises";
import { run } from "../adapters/command.ts";
import { SERVICES } from "../domain/workload.ts";
import { ROOT } from "../lib/paths.ts";
import { pause } from "../lib/wait.ts";
import { buildEnvironment } from "./environment.ts";

/** An editor writes several files at once: changes within this time count as one, in ms. */
const SETTLE_MS = 100;

/** Builds the services. @throws {CommandError} with the compiler's message */
export async function build(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<void> {
  const options = { env: buildEnvironment(env), extendEnv: false, signal };
  await Promise.all(
    SERVICES.map((service) => run("tsup", ["--silent"], { ...options, cwd: `${ROOT}services/${service}` })),
  );
}

/** What follows the source files. */
export interface SourceWatch {
  /** Called after each change of a source file, never two calls at a time. */
  onChange: () => Promise<void>;
  /** Called if no further change will be noticed. */
  onError: (message: string) => void;
}

/** Watches the source files until `signal` aborts. */
export async function watchSource({ onChange, onError }: SourceWatch, signal: AbortSignal): Promise<void> {
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
    // Such as the system's limit of watched files. The services run without it.
    if (!signal.aborted) onError(`Changes of source files have no effect: ${String(error)}`);
  }
  await last;
}

function isSource(path: string): boolean {
  return (
    /(^versions\.json|[/\\]src[/\\].+|[/\\]tsup(\.config)?\.ts)$/.test(path) && !path.includes("node_modules")
  );
}
