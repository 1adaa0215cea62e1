import { Listr } from "listr2";
import { InterruptedError, UserError } from "../errors.ts";
import { isInteractive } from "../terminal.ts";
import type { Outcome } from "./outcome.ts";

export interface Task {
  title: string;
  run: () => Promise<Outcome>;
}

export interface TasksOptions {
  /** Ends it before the next task; the tasks see to the one that runs. */
  signal: AbortSignal;
  /** What is to follow when all tasks are done, for the words of a failure. */
  later?: readonly string[];
}

/**
 * Runs tasks one after the other: a list that fills in on a terminal, plain lines elsewhere.
 * @returns whether any changed something
 * @throws {UserError} that says what was done before, and what was not
 */
export async function runTasks(
  tasks: readonly Task[],
  { signal, later = [] }: TasksOptions,
): Promise<boolean> {
  const outcomes: Outcome[] = [];
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, task: { title: string }) => {
        signal.throwIfAborted();
        const outcome = await run();
        outcomes.push(outcome);
        task.title = `${title}: ${outcome.note}`;
      },
    })),
    {
      renderer: isInteractive() ? "default" : "simple",
      // The command itself reports the error that ends it, once.
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
      fallbackRendererOptions: {},
      // An interruption ends the tasks in an orderly way, instead of this process at once.
      registerSignalListeners: false,
    },
  );
  try {
    await list.run();
  } catch (error) {
    const titles = [...tasks.map(({ title }) => title), ...later];
    const left = describeLeft(titles.slice(0, outcomes.length), titles.slice(outcomes.length));
    if (signal.aborted) throw new InterruptedError(interrupted(error, left), { cause: error });
    if (error instanceof UserError) throw new UserError(`${error.message}\n${left}`, { cause: error });
    throw error;
  }
  return outcomes.some(({ changed }) => changed);
}

function interrupted(error: unknown, left: string): string {
  return ["Interrupted.", ...(error instanceof UserError ? [error.message] : []), left].join("\n");
}

function describeLeft(done: readonly string[], open: readonly string[]): string {
  return [...done.map((title) => `  done: ${title}`), ...open.map((title) => `  not done: ${title}`)].join(
    "\n",
  );
}
