import { Listr } from "listr2";
import type { Context } from "./context.ts";
import { InterruptedError, UserError } from "./errors.ts";
import { print } from "./terminal.ts";

/** What a task did, in a few words. `changed` is false if everything was already as it should be. */
export interface Outcome {
  changed: boolean;
  note: string;
}

export const unchanged = (note: string): Outcome => ({ changed: false, note });
export const changed = (note: string): Outcome => ({ changed: true, note });

export interface Task {
  title: string;
  /** The task itself ends early when the command is interrupted. */
  run: () => Promise<Outcome>;
}

/** Prints the titles of what would be done. */
export function printPlan(steps: readonly { title: string }[]): void {
  print("The plan (nothing is changed):");
  steps.forEach(({ title }, index) => print(`${index + 1}. ${title}`));
}

/**
 * Runs tasks one after the other: as a live list on a terminal, as plain lines elsewhere. An interruption prevents the next
 * task, and one during the last task is reported too.
 * @param later titles of what follows after these tasks, for the message of a failure
 * @returns whether any task changed something
 * @throws {UserError} with the tasks that were done, and those that were not
 */
export async function runTasks(
  tasks: readonly Task[],
  { signal, live }: Pick<Context, "signal" | "live">,
  later: readonly string[] = [],
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
      renderer: live ? "default" : "simple",
      // command-line.ts reports the error that ends the command, once.
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
      // listr's own listener would end this process at once.
      registerSignalListeners: false,
    },
  );
  try {
    await list.run();
    signal.throwIfAborted();
  } catch (error) {
    const titles = [...tasks.map(({ title }) => title), ...later];
    const report = titles.map((title, at) => `  ${at < outcomes.length ? "done" : "not done"}: ${title}`);
    throw withReport(error, report, signal);
  }
  return outcomes.some((outcome) => outcome.changed);
}

/** The error of a task, with what was done before. A defect of the program stays as it is. */
function withReport(error: unknown, report: readonly string[], { aborted, reason }: AbortSignal): unknown {
  if (!aborted && !(error instanceof UserError)) return error;
  const message = error instanceof UserError && error !== reason ? [error.message] : [];
  const lines = [...message, ...report];
  return aborted
    ? new InterruptedError(["Interrupted.", ...lines].join("\n"), { cause: error })
    : new UserError(lines.join("\n"), { cause: error });
}
