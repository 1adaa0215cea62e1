import { Listr } from "listr2";
import { isInteractive } from "../terminal.ts";
import type { Outcome } from "./execute.ts";

export interface Task {
  title: string;
  run: () => Promise<Outcome>;
}

/** Runs tasks one after the other: a list that fills in on a terminal, plain lines elsewhere. Returns whether any changed something. */
export async function runTasks(tasks: readonly Task[]): Promise<boolean> {
  let changed = false;
  const list = new Listr(
    tasks.map(({ title, run }) => ({
      title,
      task: async (_context: unknown, task: { title: string }) => {
        const outcome = await run();
        changed ||= outcome.changed;
        task.title = `${title}: ${outcome.note}`;
      },
    })),
    {
      renderer: isInteractive() ? "default" : "simple",
      // The command itself reports the error that ends it, once.
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
      fallbackRendererOptions: {},
    },
  );
  await list.run();
  return changed;
}
