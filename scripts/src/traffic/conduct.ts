import { describeWeights } from "../domain/weights.ts";
import type { Context } from "../lib/context.ts";
import { readyAtOrigin } from "./check/capacity.ts";
import type { Choose } from "./choice.ts";
import { printDryRun } from "./dry-run.ts";
import { type Journal, openJournal } from "./lease/journal.ts";
import { type HeldLease, withLease } from "./lease/lease.ts";
import { openPlace, type PlaceOptions } from "./place/open-place.ts";
import type { Place } from "./place/place.ts";
import { finalWeights, type ShiftPlan } from "./plan.ts";
import { checkPlan } from "./plan-check.ts";
import { finishRecord, type ShiftRecord, writeRecord } from "./lease/record.ts";
import { type Reporter, withReporter } from "./reporter.ts";
import { SHIFT_NEEDS } from "./rights.ts";
import { runShift } from "./run.ts";
import { describeUnfinished, nextCommands, unfinishedIn } from "./unfinished.ts";

/** The exit code of a shift that was accepted although some of its requests failed. */
export const EXIT_FAILED_REQUESTS = 2;

/** The options of every command that moves traffic. */
export interface ConductOptions extends PlaceOptions {
  /** Print the steps and what each would change, and change nothing. */
  dryRun?: boolean | undefined;
  /** One JSON object per line. */
  json?: boolean | undefined;
}

/**
 * Moves traffic between the colours, and nothing else. It returns when the requests follow, or at a pause.
 * @param title says what the command does, to the user and to those who meet its lock
 */
export async function conduct(
  title: string,
  choose: Choose,
  options: ConductOptions,
  context: Pick<Context, "signal" | "live" | "setExitCode">,
): Promise<void> {
  await withReporter({ ...options, live: context.live }, async (reporter) => {
    reporter.say("start", title);
    reporter.doing("Connecting …");
    const place = await openPlace(options, SHIFT_NEEDS);
    if (options.dryRun) return await printDryRun(place, choose, reporter);
    await place.prepare(context.signal);
    const onNote = (text: string) => reporter.say("note", text);
    const work = (held: HeldLease) => move(held, choose, place, reporter);
    const exitCode = await withLease(place.leases, title, context.signal, work, { onNote });
    if (exitCode !== 0) context.setExitCode(exitCode);
  });
}

/** The caller holds the lease. @returns the exit code */
async function move(held: HeldLease, choose: Choose, place: Place, reporter: Reporter): Promise<number> {
  const found = unfinishedIn(held.annotations, place);
  const { service, plan: makePlan, record } = choose(found, place);
  if (found) reporter.say("found", describeUnfinished(found).join("\n"), { record: found });
  const traffic = place.open(service);
  const state = await traffic.read();
  const plan = makePlan(state);
  if (plan.steps.length === 0 && state.enabled && !found) {
    reporter.say("result", `Nothing to change: ${describeWeights(plan.now)}.`, { result: "unchanged" });
    return 0;
  }
  reporter.doing("Checking the colours …");
  const originReady = found?.originReady ?? (await readyAtOrigin(plan.origin, traffic.ready));
  const rule = { origin: plan.origin, originReady, minReady: plan.minReady };
  const followers = await checkPlan(plan, rule, traffic, held.signal, reporter);
  const journal = await begin(held, found, { ...record(plan, held.user), originReady });
  if (!state.enabled) await traffic.setWeights(plan.now, held.confirm);
  const compare = await place.remember();
  reporter.say("plan", `${traffic.stableName}: ${describeWeights(plan.now)}`, { plan });
  const announce = place.announcer(service);
  const { flags } = place;
  const end = await runShift({ traffic, rule, followers, plan, held, journal, reporter, announce, flags });
  for (const line of await compare()) reporter.say("note", line);
  return end === "paused"
    ? reportPause(journal, place, reporter)
    : reportEnd(plan, journal, announce, reporter);
}

/** Stores the record before anything moves. A shift that is replaced goes to the history. */
async function begin(held: HeldLease, found: ShiftRecord | undefined, record: ShiftRecord): Promise<Journal> {
  const replaced = found !== undefined && found.since !== record.since;
  await held.annotate({
    ...(replaced && finishRecord(found, "replaced", held.annotations)),
    ...writeRecord(record),
  });
  return openJournal(held, record);
}

function reportPause({ record }: Journal, place: Place, reporter: Reporter): number {
  const next = nextCommands(record, place.flags).map((line) => `  ${line}`);
  reporter.say("paused", [`Paused at ${describeWeights(record.weights)}. Next:`, ...next].join("\n"), {
    record,
  });
  return 0;
}

async function reportEnd(
  plan: ShiftPlan,
  { record: { requests, failed }, firstFailure }: Journal,
  announce: ReturnType<Place["announcer"]>,
  reporter: Reporter,
): Promise<number> {
  const weights = describeWeights(finalWeights(plan));
  const aborted = plan.result === "aborted";
  const accepted = aborted ? `Aborted: the traffic is back at ${weights}.` : `Done: ${weights}.`;
  // Another process may have counted the failures, before a pause.
  const how = firstFailure === undefined ? "" : ` (the first: ${firstFailure})`;
  const message =
    failed > 0
      ? `${accepted} ${failed} of the ${requests} requests of this shift failed${how}.`
      : `${accepted} No request of this shift failed.`;
  const exitCode = failed > 0 && !aborted ? EXIT_FAILED_REQUESTS : 0;
  await announce({
    reason: aborted ? "ShiftAborted" : "ShiftDone",
    message,
    warning: aborted || exitCode !== 0,
  });
  reporter.say("result", message, { result: plan.result, requests, failed, exitCode });
  return exitCode;
}
