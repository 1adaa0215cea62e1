import { Command } from "commander";
import type { Context } from "../lib/context.ts";
import { addClusterKind } from "./cluster-kind.ts";
import { addDev } from "./dev.ts";
import { addJumpbox } from "./jumpbox.ts";
import { addLoad } from "./load.ts";
import { addOpen } from "./open.ts";
import { addRelease } from "./release.ts";
import { addShift } from "./shift.ts";
import { addStatus } from "./status.ts";
import { addUndeploy } from "./undeploy.ts";
import { addWatch } from "./watch.ts";

/** All commands with their options. Each loads its implementation only when it runs. */
export function createProgram(context: Context): Command {
  const program = new Command("pnpm")
    .description("Blue/green deployment of the echo services")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(use --help to list the options)")
    .showSuggestionAfterError();
  addDev(program, context);
  addRelease(program, context);
  addShift(program, context);
  addClusterKind(program, context);
  addJumpbox(program, context);
  addWatch(program, context);
  addLoad(program, context);
  addOpen(program, context);
  addStatus(program, context);
  addUndeploy(program, context);
  return program;
}
