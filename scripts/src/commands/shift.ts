import type { Command } from "commander";
import { type Color, COLORS } from "../domain/color.ts";
import type { Mode } from "../domain/mode.ts";
import type { Target, Weights } from "../domain/weights.ts";
import {
  color,
  dnsName,
  duration,
  httpUrl,
  limit,
  mode,
  oneOf,
  percent,
  remark,
  service,
  steps,
  wholeNumber,
} from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import type { ConductOptions } from "../traffic/conduct.ts";
import type { HistoryOptions } from "../traffic/history.ts";
import type { ModeOptions } from "../traffic/mode.ts";
import type { CanaryOptions } from "../traffic/plan.ts";
import type { PromoteOptions, ShiftOptions } from "../traffic/shift.ts";
import type { StatusOptions } from "../traffic/status.ts";
import type { VerifyOptions } from "../traffic/verify.ts";
import { argument, CLUSTER_OPTIONS, clusterCommand, option, rejectIdle } from "./options.ts";

/** The options of a shift without any argument. */
export const SHIFT_DEFAULTS = {
  service: "echo-backend",
  interval: 10_000,
  maxErrorRate: 1,
  maxP99Ratio: 2,
  minRequests: 200,
  onInterrupt: "restore",
} as const;

type Options = Omit<ShiftOptions, "target" | "canary"> &
  Omit<CanaryOptions, "steps" | "intervalMs" | "realTraffic"> &
  Partial<Weights> & {
    steps?: CanaryOptions["steps"];
    interval: number;
    printValues?: boolean;
    prometheus?: string;
    minRequests: number;
  };

export function addShift(program: Command, context: Context): void {
  const shift = shiftCommand(program).action(
    async (to: Color | undefined, options: Options, command: Command) => {
      if (options.printValues) {
        rejectIdle(command, allBut(command, VALUES_OPTIONS), "with --print-values");
        (await import("../traffic/print-values.ts")).printValues(options.service, readTarget(to, options));
        return;
      }
      rejectIdle(command, options.steps ? [] : CANARY_OPTIONS, "without --steps");
      rejectIdle(command, options.local ? [...IDLE_LOCALLY, "prometheus"] : [], "with --local");
      rejectIdle(command, options.prometheus === undefined ? ["minRequests"] : [], "without --prometheus");
      const request = readOptions(to, options);
      await (await import("../traffic/shift.ts")).shift(request, context);
    },
  );
  const add: Add = (name, description, taken) =>
    shift
      .command(name)
      .description(description)
      .hook("preAction", () => {
        rejectIdle(shift, allBut(shift, taken), `with pnpm shift ${name}`);
        rejectIdle(shift, shift.getOptionValue("local") ? IDLE_LOCALLY : [], "with --local");
      });
  addReports(add, context);
  addMoves(add, context);
  addVerify(add, context);
  addMode(add, context);
}

/** `pnpm shift` itself, with its options. */
function shiftCommand(program: Command): Command {
  const { interval, maxErrorRate, maxP99Ratio, minRequests, onInterrupt } = SHIFT_DEFAULTS;
  const minReady = "ready pods that each step needs (default: its share)";
  return clusterCommand(program, "shift", "move traffic between the colours, and change nothing else")
    .addArgument(argument("[color]", "colour", "colour that gets all traffic", color))
    .addOption(option("--blue <percent>", "share of blue", percent))
    .addOption(option("--green <percent>", "share of green", percent))
    .addOption(option("--service <name>", "whose traffic", service, SHIFT_DEFAULTS.service))
    .addOption(option("--steps <list>", "canary: rising shares and pauses, such as 5,25,pause,100", steps))
    .addOption(option("--interval <time>", "least time for each step", duration).default(interval, "10s"))
    .addOption(option("--max-error-rate <percent>", "failed requests of the canary", limit, maxErrorRate))
    .addOption(option("--max-p99-ratio <number>", "p99 of the canary over the other's", limit, maxP99Ratio))
    .addOption(option("--prometheus <url>", "canary: judge the users' requests, not samples", httpUrl))
    .addOption(option("--min-requests <number>", "of each colour, for Prometheus", atLeastOne, minRequests))
    .addOption(option("--on-interrupt <what>", "after Ctrl-C", oneOf(["restore", "hold"]), onInterrupt))
    .addOption(option("--min-ready <pods>", minReady, wholeNumber(1, 1000)))
    .addOption(option("--reason <text>", "why, for the history", remark))
    .option("--local", "the running pnpm dev instead of a cluster")
    .option("--dry-run", "print the steps and their changes, and change nothing")
    .option("--print-values", "print the values of the chart for Git, and change nothing")
    .option("--json", "one JSON object per line");
}

/** Adds a subcommand. It takes these options of `shift`; commander gives it the others too. */
type Add = (name: string, description: string, taken: readonly string[]) => Command;

function addReports(add: Add, context: Context): void {
  const taken = [...PLACE_OPTIONS, "json"];
  add("status", "weights, observed share and ready pods, by colour", [...taken, "service"]).action(
    async (_options, command: Command) =>
      (await import("../traffic/status.ts")).shiftStatus(command.optsWithGlobals<StatusOptions>(), context),
  );
  add("history", "the finished shifts", taken).action(async (_options, command: Command) => {
    const { shiftHistory } = await import("../traffic/history.ts");
    await shiftHistory(command.optsWithGlobals<HistoryOptions>(), context);
  });
}

function addMoves(add: Add, context: Context): void {
  const taken = [...PLACE_OPTIONS, "json", "dryRun"];
  add("promote", "continue an unfinished shift", [...taken, "onInterrupt", "minReady"]).action(
    async (_options, command: Command) =>
      (await import("../traffic/shift.ts")).promote(command.optsWithGlobals<PromoteOptions>(), context),
  );
  add("abort", "return to the weights before an unfinished shift", taken).action(
    async (_options, command: Command) =>
      (await import("../traffic/shift.ts")).abort(command.optsWithGlobals<ConductOptions>(), context),
  );
}

function addVerify(add: Add, context: Context): void {
  const taken = [...CLUSTER_OPTIONS, "blue", "green", "service", "json"];
  const timeout = option("--timeout <time>", "how long the weights may take to reach the cluster", duration);
  add("verify", "wait for a shift that someone else applies, and prove it", taken)
    .addArgument(argument("[color]", "colour", "colour that gets all traffic", color))
    .addOption(timeout.default(300_000, "5m"))
    .action(async (to: Color | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<Omit<VerifyOptions, "target"> & Partial<Weights>>();
      const hasTarget = [to, options.blue, options.green].some((each) => each !== undefined);
      const target = hasTarget ? readTarget(to, options) : undefined;
      await (await import("../traffic/verify.ts")).verifyShift({ ...options, target }, context);
    });
}

function addMode(add: Add, context: Context): void {
  const timeout = option("--timeout <time>", "mode gateway: how long its controller may take", duration);
  const drain = option("--drain <time>", "mode service: how long the Gateway serves late clients", duration);
  add("mode", "change how the stable name leads to the colours", CLUSTER_OPTIONS)
    .addArgument(argument("<mode>", "mode", "service: all or nothing; gateway: any weight", mode))
    .addOption(option("--class-name <name>", "mode gateway: the GatewayClass", dnsName))
    .addOption(option("--address <dns name>", "mode gateway: DNS name of the controller's Service", dnsName))
    .addOption(timeout.default(60_000, "60s"))
    .addOption(drain.default(30_000, "30s"))
    .option("-y, --yes", "skip the prompt")
    .action(async (to: Mode, _options, command: Command) => {
      rejectIdle(command, IDLE_IN_MODE[to], `in mode ${to}`);
      const { changeMode } = await import("../traffic/mode.ts");
      await changeMode(to, command.optsWithGlobals<ModeOptions>(), context);
    });
}

/** The options of a command without these. */
function allBut(command: Command, taken: readonly string[]): string[] {
  return command.options.map((each) => each.attributeName()).filter((each) => !taken.includes(each));
}

const PLACE_OPTIONS = [...CLUSTER_OPTIONS, "local"];
/** `pnpm dev` has one stable name, that of the backends, and one process of each colour. */
const IDLE_LOCALLY = [...CLUSTER_OPTIONS, "service", "minReady"];
/** The options of the other mode. */
const IDLE_IN_MODE: Readonly<Record<Mode, readonly string[]>> = {
  service: ["className", "address", "timeout"],
  gateway: ["drain"],
};
/** The options of `--print-values`. */
const VALUES_OPTIONS = ["blue", "green", "service", "printValues"];
/** The options that only a canary uses. */
const CANARY_OPTIONS = ["interval", "maxErrorRate", "maxP99Ratio", "prometheus", "minRequests"];
const atLeastOne = wholeNumber(1, 1_000_000);

/** @throws {UserError} unless there is exactly one target, and a canary goes to 100 % */
function readOptions(to: Color | undefined, options: Options): ShiftOptions {
  const { steps: shares, interval: intervalMs, maxErrorRate, maxP99Ratio } = options;
  const { prometheus: url, minRequests } = options;
  const realTraffic = url === undefined ? undefined : { url, minRequests };
  const target = readTarget(to, options);
  if (shares && target.percent !== 100)
    throw new UserError("--steps needs a colour: pnpm shift green --steps 5,25,50,100");
  const canary = shares && { steps: shares, intervalMs, maxErrorRate, maxP99Ratio, realTraffic };
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
