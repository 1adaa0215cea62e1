import { UserError } from "../../../src/lib/errors.ts";
import { print } from "../../../src/lib/terminal.ts";
import { progress } from "../bench.ts";
import { findLoadTool } from "../preflight.ts";
import { machine } from "../report.ts";
import { buildVariant } from "./build.ts";
import { compare } from "./measure.ts";
import { CONTROL, PIECES } from "./pieces.ts";
import { type Saving, savingOf, savingTable } from "./report.ts";

export interface HotPathOptions {
  /** Rounds of each piece. */
  rounds: number;
  /** Duration of each round, in seconds. */
  seconds: number;
  json?: boolean;
}

/**
 * Measures what each piece saves over its library call, and prints it.
 * @throws {UserError} if a piece is unknown or a tool is missing
 */
export async function benchHotPath(
  names: readonly string[],
  { rounds, seconds, json }: HotPathOptions,
): Promise<void> {
  const pieces = names.length === 0 ? PIECES : names.map(pieceNamed);
  const tool = await findLoadTool();
  const savings: Saving[] = [];
  for (const [index, piece] of pieces.entries()) {
    progress(`${index + 1}/${pieces.length} ${piece.name}, in ${piece.service}`);
    const shipped = await buildVariant(piece.service);
    const library = piece.name === CONTROL ? shipped : await buildVariant(piece.service, piece.name);
    const comparison = await compare({ shipped, library }, { tool, rounds, seconds });
    const saving = savingOf(piece, comparison);
    savings.push(saving);
    progress(`  saves ${saving.percent.toFixed(1)} % (${saving.repeated} rounds repeated)`);
  }
  if (json) print(JSON.stringify({ machine: machine(), load: tool.name, savings }));
  else print(`${machine()}, load from ${tool.name}\n\n${savingTable(savings)}`);
}

function pieceNamed(name: string) {
  const piece = PIECES.find((each) => each.name === name);
  if (piece) return piece;
  const known = PIECES.map((each) => each.name).join(", ");
  throw new UserError(`Invalid piece ${JSON.stringify(name)}: expected one of ${known}.`);
}
