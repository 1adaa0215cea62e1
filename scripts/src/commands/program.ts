import { Command } from "commander";
import type { Context } from "../lib/context.ts";
import { withoutCredentials } from "../lib/credentials.ts";
import { addCommands } from "./commands.ts";
import { addExamples, EXAMPLES } from "./examples.ts";
import { addFault } from "./fault.ts";
import { addClusterKind, addDev } from "./local.ts";
import { addObserve } from "./observe.ts";
import { readNamespace } from "./options.ts";
import { addPublish, addRelease, addUndeploy } from "./release.ts";
import { addShift } from "./shift.ts";

/** All commands with their options. Each loads its implementation only when it runs. */
export function createProgram(context: Context): Command {
  const program = new Command("pnpm")
    .description("Blue/green deployment of the echo services")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(withoutCredentials(text)) })
    .showHelpAfterError("(use --help to list the options, and pnpm commands to list all commands)")
    .showSuggestionAfterError()
    .hook("preAction", (_program, command) => readNamespace(command, context));
  // In the order of the help.
  const others = [addRelease, addShift, addFault, addPublish, addClusterKind, addObserve, addUndeploy];
  for (const add of [addCommands, addDev, ...others]) add(program, context);
  addExamples(program, EXAMPLES);
  return program;
}
