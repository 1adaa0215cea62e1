import { COLORS } from "../domain/color.ts";
import { UserError } from "../lib/errors.ts";
import { ALIVE, type CapacityRule, needOf } from "./check/capacity.ts";
import { finalWeights, type ShiftPlan, stepsToPause } from "./plan.ts";
import { readReference } from "./judge/real-traffic-canary.ts";
import type { Reporter } from "./reporter.ts";
import type { Follower, Switch } from "./place/switch.ts";
import { TargetError } from "./check/target-error.ts";

/**
 * Checks all steps of a plan before the next pause.
 * @returns the followers
 * @throws {UserError} if a colour that shall have traffic cannot take it
 */
export async function checkPlan(
  plan: ShiftPlan,
  rule: CapacityRule,
  traffic: Switch,
  signal: AbortSignal,
  reporter: Reporter,
): Promise<Follower[]> {
  const onNote = (text: string) => reporter.say("note", text);
  const final = finalWeights(plan);
  for (const color of COLORS) {
    const need = needOf(color, stepsToPause(plan), rule) ?? (final[color] > 0 ? ALIVE : undefined);
    if (!need) continue;
    await refuseWithout(traffic.checkTarget(color, need, { signal, onNote }));
    // Also with a foreign route, the origin is where the user wants to be.
    if (plan.result !== "aborted") await refuseWithout(traffic.checkPath(color, signal));
  }
  await checkJudge(plan, traffic, signal);
  const followers = await traffic.followers(onNote);
  signal.throwIfAborted();
  return followers;
}

/** @throws {UserError} that says that no traffic was moved, if a check finds a problem */
async function refuseWithout(check: Promise<void>): Promise<void> {
  await check.catch((error: unknown) => {
    throw error instanceof TargetError ? refusal(error) : error;
  });
}

/** @throws {UserError} if the Prometheus that shall judge the shift cannot */
async function checkJudge({ color, limits, now }: ShiftPlan, { labels }: Switch, signal: AbortSignal) {
  if (!limits?.realTraffic || !labels) return;
  const { realTraffic } = limits;
  try {
    await readReference(color, { ...limits, realTraffic }, { labels, now, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof UserError ? refusal(error) : error;
  }
}

function refusal(cause: UserError): UserError {
  return new UserError(`${cause.message}\nNo traffic was moved.`, { cause });
}
