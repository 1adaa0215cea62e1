import type { Command } from "commander";
import type { Color } from "../domain/color.ts";
import { type Faults, NO_FAULTS } from "../domain/fault.ts";
import type { FaultOptions } from "../fault/fault.ts";
import { color, durationBetween, share } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import { argument, CLUSTER_OPTIONS, clusterCommand, option, rejectIdle } from "./options.ts";

type Options = FaultOptions & {
  errors?: number;
  delay?: number;
  jitter?: number;
  hang?: boolean;
  clear?: boolean;
};

export function addFault(program: Command, context: Context): void {
  const time = durationBetween("0ms", "60m");
  const fault = clusterCommand(
    program,
    "fault",
    "make a colour fail, slow or hang on purpose, in its running pods",
  )
    .addArgument(argument("[color]", "colour", "colour that gets exactly these faults", color))
    .addOption(option("--errors <percent>", "requests that fail with 500", share))
    .addOption(option("--delay <time>", "delay of each response", time))
    .addOption(option("--jitter <time>", "further random delay, up to this", time))
    .option("--hang", "no response at all")
    .option("--clear", "no faults any more")
    .option("--local", "the running pnpm dev instead of a cluster")
    .action(async (name: Color | undefined, options: Options, command: Command) => {
      rejectIdle(command, options.clear ? [...AMOUNTS, "hang"] : [], "with --clear");
      rejectIdle(command, options.hang ? AMOUNTS : [], "with --hang");
      rejectIdle(command, options.local ? CLUSTER_OPTIONS : [], "with --local");
      if (name === undefined)
        throw new UserError(
          "Missing colour: pnpm fault green --errors 20. See the faults: pnpm fault status.",
        );
      const faults = readFaults(options);
      await (await import("../fault/fault.ts")).setFaults(name, faults, options, context);
    });
  fault
    .command("status")
    .description("the faults of each pod, by colour")
    .action(async (_options, command: Command) => {
      rejectIdle(fault, [...AMOUNTS, "hang", "clear"], "with pnpm fault status");
      rejectIdle(fault, fault.getOptionValue("local") ? CLUSTER_OPTIONS : [], "with --local");
      await (await import("../fault/fault.ts")).faultStatus(command.optsWithGlobals<FaultOptions>(), context);
    });
}

const AMOUNTS = ["errors", "delay", "jitter"];

/** @throws {UserError} unless at least one fault is named */
function readFaults({ errors, delay, jitter, hang = false, clear = false }: Options): Faults {
  if (!clear && !hang && errors === undefined && delay === undefined && jitter === undefined)
    throw new UserError(
      "Missing fault: expected --errors, --delay, --jitter, --hang, or --clear to end all.",
    );
  return { ...NO_FAULTS, errors: errors ?? 0, delayMs: delay ?? 0, jitterMs: jitter ?? 0, hang };
}
