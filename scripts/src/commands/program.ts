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

/** In the order of the help. */
const FAMILIES = [
  ...[addDev, addRelease, addShift, addClusterKind, addJumpbox],
  ...[addWatch, addLoad, addOpen, addStatus, addUndeploy],
];

/** All commands with their options. Each loads its implementation only when it runs. */
export function createProgram(context: Context): Command {
  const program = new Command("pnpm")
    .description("Blue/green deployment of the echo services")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(use --help to list the options)")
    .showSuggestionAfterError();
  for (const add of FAMILIES) add(program, context);
  return program;
}
