import { run } from "../../src/adapters/command.ts";
import { type ServiceName, workload } from "../../src/domain/workload.ts";
import { oneOf, parse } from "../../src/lib/arguments.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { print } from "../../src/lib/terminal.ts";
import { checkTools } from "./check-tools.ts";
import { compare, compareStarts } from "./compare.ts";
import { builtService, type Contender, serviceFrom } from "./contenders.ts";
import { progress } from "./execute.ts";
import { type Piece, PIECES, WHOLE_SERVICE } from "./pieces.ts";
import { machine } from "./report.ts";
import { type Saving, savingOf, savingTable } from "./savings.ts";

const BUILD_VARIANT = `${ROOT}services/kit/test/hot-path/build-variant.ts`;

/** The options of `pnpm bench:hot-path`, which program.ts describes. */
export interface HotPathOptions {
  against?: Piece;
  rounds: number;
  seconds: number;
  /** Requests per second. Default: saturation. */
  rate?: number;
  json?: boolean;
}

/**
 * Measures what each piece saves over its library call, and prints it.
 * @throws {UserError} if a piece is unknown or a tool is missing
 */
export async function benchHotPath(
  names: readonly string[],
  { against, json, ...options }: HotPathOptions,
): Promise<void> {
  for (const name of names) parse("piece", oneOf(PIECES.map((piece) => piece.name)), name);
  const chosen = PIECES.filter(({ name }) => names.includes(name));
  if (against !== undefined) chosen.push(against);
  const pieces = chosen.length > 0 ? chosen : PIECES;
  await checkTools();
  const savings: Saving[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { name, service } = piece;
    progress(`${index + 1}/${pieces.length} ${name}, in ${service}`);
    const ours = await build(service, "shipped");
    const theirs = name === WHOLE_SERVICE ? serviceFrom(piece.library, service) : await build(service, name);
    const starts = await compareStarts({ ours, theirs }, options.rounds, 0);
    const [comparison] = await compare({ ours, theirs }, [options.rate ?? "saturation"], options);
    if (!comparison) continue;
    const saving = savingOf(piece, comparison, starts);
    savings.push(saving);
    progress(`  saves ${saving.percent.toFixed(1)} % (${saving.repeated} rounds repeated)`);
  }
  if (json) print(JSON.stringify({ machine: machine(), savings }));
  else print(`${machine()}\n\n${savingTable(savings)}`);
}

/** Builds a service with the library call in place of a piece; as shipped if no piece has this name. */
async function build(service: ServiceName, piece: string): Promise<Contender> {
  const folder = `dist/hot-path/${piece}`;
  const { version } = workload(service, "blue");
  const cwd = `${ROOT}services/${service}`;
  await run(process.execPath, [BUILD_VARIANT, service, version, folder, piece], { cwd });
  return builtService(service, folder);
}
