import { COLORS } from "../domain/color.ts";
import { countOf } from "../domain/sample.ts";
import type { ServiceName } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { print, table } from "../lib/terminal.ts";
import { isHeld } from "./lease/lease.ts";
import { openPlace, type PlaceOptions } from "./place/open-place.ts";
import type { Place } from "./place/place.ts";
import { type ShiftRecord, UnreadableError } from "./lease/record.ts";
import { STATUS_NEEDS } from "./rights.ts";
import { describeUnfinished, nextCommands, unfinishedIn } from "./unfinished.ts";

const SAMPLES = 1000;

export interface StatusOptions extends PlaceOptions {
  service: ServiceName;
  json?: boolean;
}

/** Prints each colour's version, weight, observed share and ready pods, and an unfinished shift, as text or as JSON. */
export async function shiftStatus(options: StatusOptions, { signal }: Context): Promise<void> {
  const place = await openPlace(options, STATUS_NEEDS, signal);
  await place.prepare(signal);
  const traffic = place.open(options.service);
  const { mode, weights } = await traffic.read();
  const unfinished = await readUnfinished(place);
  const pods = await Promise.all(COLORS.map(traffic.readiness));
  const versions = await Promise.all(COLORS.map(traffic.version));
  const samples = await traffic.sample(SAMPLES, signal);
  const name = traffic.stableName;
  const colors = COLORS.map((color, index) => ({
    color,
    /** As it responds now; null without a response. */
    version: versions[index] ?? null,
    weight: weights[color],
    observed: Math.round((countOf(samples, color) / Math.max(1, samples.length)) * 1000) / 10,
    pods: pods[index] ?? "",
  }));
  if (options.json) {
    const { lines: _lines, ...shift } = unfinished;
    return print(JSON.stringify({ name, mode, colors, samples: samples.length, ...shift }, null, 2));
  }
  print(`${name} (mode ${mode}), observed over ${samples.length} requests:`);
  const rows = colors.map((row) => {
    const [weight, observed] = [`${row.weight} %`, `${row.observed} %`];
    return [row.color, row.version ?? "-", weight, observed, row.pods];
  });
  print(table(["COLOR", "VERSION", "WEIGHT", "OBSERVED", "READY PODS"], rows));
  for (const line of unfinished.lines) print(line);
}

interface Unfinished {
  /** Null without an unfinished shift, or if its record is not readable. */
  shift: { record: ShiftRecord; running: boolean; commands: string[] } | null;
  problem?: string;
  lines: string[];
}

/** An unfinished shift of the place, of any service. */
async function readUnfinished(place: Place): Promise<Unfinished> {
  const lease = await place.leases.read();
  try {
    const record = unfinishedIn(lease?.annotations ?? {}, place);
    if (!lease || !record) return { shift: null, lines: [] };
    const running = isHeld(lease);
    const commands = running ? [] : nextCommands(record, place.flags);
    const next = commands.map((line) => `  ${line}`);
    return {
      shift: { record, running, commands },
      lines: [...describeUnfinished(record, running), ...(running ? [] : ["Next:", ...next])],
    };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    return { shift: null, problem: error.message, lines: [error.message] };
  }
}
