import { diff } from "node:util";
import { describeWeights, weightsOf } from "../domain/weights.ts";
import type { Choose } from "./choice.ts";
import type { Place } from "./place/place.ts";
import type { ShiftPlan } from "./plan.ts";
import type { Reporter } from "./reporter.ts";
import type { Switch } from "./place/switch.ts";
import { describeUnfinished, findUnfinished } from "./unfinished.ts";

/** Lines around a change that show where it is. */
const CONTEXT_LINES = 2;

/** Prints the steps of a shift and what each would change. It needs no lock, and changes nothing. */
export async function printDryRun(place: Place, choose: Choose, reporter: Reporter): Promise<void> {
  const found = await findUnfinished(place);
  const { service, plan: makePlan } = choose(found, place);
  if (found) reporter.say("found", describeUnfinished(found).join("\n"), { record: found });
  const traffic = place.open(service);
  const plan = makePlan(await traffic.read());
  reporter.say(
    "plan",
    `${traffic.stableName}: ${describeWeights(plan.now)}. The plan (nothing is changed):`,
    { plan },
  );
  for await (const { text, fields } of describeSteps(plan, traffic)) reporter.say("step", text, fields);
  reporter.say("result", plan.steps.length === 0 ? "Nothing to change." : "Nothing was changed.", {
    result: "dry run",
  });
}

async function* describeSteps({ color, steps }: ShiftPlan, traffic: Switch) {
  let before = await traffic.manifest();
  for (const [index, step] of steps.entries()) {
    if (step === "pause") {
      yield { text: `${index + 1}. pause, until pnpm shift promote`, fields: { weights: null, diff: [] } };
      continue;
    }
    const weights = weightsOf(color, step);
    const after = await traffic.manifest(weights);
    const changes = diffManifests(before, after);
    const lines = changes.length === 0 ? ["no change"] : changes;
    const text = [`${index + 1}. ${describeWeights(weights)}`, ...lines.map((line) => `     ${line}`)].join(
      "\n",
    );
    yield { text, fields: { weights, diff: changes } };
    before = after;
  }
}

/** The changed lines of each object, after its kind and name, with some lines around them. */
export function diffManifests(before: string, after: string): string[] {
  const [old, next] = [splitObjects(before), splitObjects(after)];
  const names = new Set([...next.keys(), ...old.keys()]);
  return Array.from(names, (name) => {
    const changes = diffLines(old.get(name) ?? [], next.get(name) ?? []);
    return changes.length === 0 ? [] : [name].concat(changes);
  }).flat();
}

/** The lines of each object of a manifest, by its kind and name. */
function splitObjects(manifest: string): Map<string, string[]> {
  const objects = manifest.split(/^---$/m).map((text) => text.trim().split("\n"));
  return new Map(
    objects
      .filter((lines) => lines.length > 1)
      .map((lines) => [`${field("kind", lines)}/${nameIn(lines)}`, lines]),
  );
}

function field(name: string, lines: readonly string[]): string {
  return lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "object";
}

/** The name of an object: the first of its metadata. */
function nameIn(lines: readonly string[]): string {
  const metadata = lines.indexOf("metadata:");
  return (
    /^ {2}name: "?(.*?)"?$/.exec(
      lines.slice(metadata).find((line) => line.startsWith("  name: ")) ?? "",
    )?.[1] ?? ""
  );
}

function diffLines(before: readonly string[], after: readonly string[]): string[] {
  if (before.join("\n") === after.join("\n")) return [];
  // 1 is a line of the first text only, -1 of the second.
  const entries = diff([...before], [...after]);
  const near = new Set(
    entries.flatMap(([operation], at) =>
      operation === 0
        ? []
        : Array.from({ length: 2 * CONTEXT_LINES + 1 }, (_, offset) => at + offset - CONTEXT_LINES),
    ),
  );
  return entries.flatMap(([operation, line], at) =>
    near.has(at) ? [`${"+ -"[operation + 1] ?? " "} ${line}`] : [],
  );
}
