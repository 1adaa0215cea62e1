import type { Command } from "commander";
import { type Color, COLORS } from "../domain/color.ts";
import type { Mode } from "../domain/mode.ts";
import type { Target, Weights } from "../domain/weights.ts";
import { color, dnsName, duration, limit, mode, oneOf, percent, service, steps } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import type { ModeOptions } from "../traffic/mode.ts";
import type { CanaryOptions } from "../traffic/plan.ts";
import type { ShiftOptions } from "../traffic/shift.ts";
import type { StatusOptions } from "../traffic/status.ts";
import { argument, clusterCommand, option } from "./options.ts";

/** The options of a shift without any argument. */
export const SHIFT_DEFAULTS = {
  service: "echo-backend",
  interval: 10_000,
  maxErrorRate: 1,
  maxP99Ratio: 2,
  onInterrupt: "restore",
} as const;

type Options = Omit<ShiftOptions, "target" | "canary"> &
  Omit<CanaryOptions, "steps" | "intervalMs"> &
  Partial<Weights> & { steps?: readonly number[]; interval: number };

export function addShift(program: Command, context: Context): void {
  const { interval, maxErrorRate, maxP99Ratio, onInterrupt } = SHIFT_DEFAULTS;
  const shift = clusterCommand(program, "shift", "move traffic between the colours, and change nothing else")
    .addArgument(argument("[color]", "colour", "colour that gets all traffic", color))
    .addOption(option("--blue <percent>", "share of blue", percent))
    .addOption(option("--green <percent>", "share of green", percent))
    .addOption(option("--service <name>", "whose traffic", service, SHIFT_DEFAULTS.service))
    .addOption(option("--steps <list>", "canary: rising shares, such as 5,25,50,100", steps))
    .addOption(option("--interval <time>", "least time for each step", duration).default(interval, "10s"))
    .addOption(option("--max-error-rate <percent>", "failed requests of the canary", limit, maxErrorRate))
    .addOption(option("--max-p99-ratio <number>", "p99 of the canary over the other's", limit, maxP99Ratio))
    .addOption(option("--on-interrupt <what>", "after Ctrl-C", oneOf(["restore", "hold"]), onInterrupt))
    .option("--local", "the running pnpm dev instead of a cluster")
    .action(async (to: Color | undefined, options: Options) => {
      const request = readOptions(to, options);
      await (await import("../traffic/shift.ts")).shift(request, context);
    });

  // Both subcommands also take the options of `shift` itself.
  shift
    .command("status")
    .description("weights, observed share and ready pods, by colour")
    .option("--json", "as JSON")
    .action(async (_options, command: Command) =>
      (await import("../traffic/status.ts")).shiftStatus(command.optsWithGlobals<StatusOptions>(), context),
    );
  shift
    .command("mode")
    .description("change how the stable name leads to the colours")
    .addArgument(argument("<mode>", "mode", "service: all or nothing; gateway: any weight", mode))
    .addOption(option("--class-name <name>", "mode gateway: the GatewayClass", dnsName))
    .addOption(option("--address <dns name>", "mode gateway: DNS name of the controller's Service", dnsName))
    .addOption(
      option("--timeout <time>", "mode gateway: how long its controller may take", duration).default(
        60_000,
        "60s",
      ),
    )
    .addOption(
      option("--drain <time>", "mode service: how long the Gateway serves late clients", duration).default(
        30_000,
        "30s",
      ),
    )
    .option("-y, --yes", "skip the prompt")
    .action(async (to: Mode, _options, command: Command) =>
      (await import("../traffic/mode.ts")).changeMode(to, command.optsWithGlobals<ModeOptions>(), context),
    );
}

/** @throws {UserError} unless there is exactly one target, and a canary goes to 100 % */
function readOptions(to: Color | undefined, options: Options): ShiftOptions {
  const { steps: shares, interval: intervalMs, maxErrorRate, maxP99Ratio } = options;
  const target = readTarget(to, options);
  if (shares && target.percent !== 100)
    throw new UserError("--steps needs a colour: pnpm shift green --steps 5,25,50,100");
  const canary = shares && { steps: shares, intervalMs, maxErrorRate, maxP99Ratio };
  return { ...options, target, canary };
}

/** The target of `green`, `--green 25` or `--blue 25`. @throws {UserError} unless there is exactly one */
export function readTarget(to: Color | undefined, shares: Partial<Weights>): Target {
  const targets: Target[] = to === undefined ? [] : [{ color: to, percent: 100 }];
  for (const name of COLORS) {
    const share = shares[name];
    if (share !== undefined) targets.push({ color: name, percent: share });
  }
  const [target, ...more] = targets;
  if (target && more.length === 0) return target;
  throw new UserError(
    "Invalid target: expected exactly one colour (pnpm shift green) or share (pnpm shift --green 25).",
  );
}
