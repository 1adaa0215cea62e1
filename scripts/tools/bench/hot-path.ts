import { run } from "../../src/adapters/command.ts";
import { type ServiceName, workload } from "../../src/domain/workload.ts";
import { oneOf, parse } from "../../src/lib/arguments.ts";
import { ROOT } from "../../src/lib/paths.ts";
import { print } from "../../src/lib/terminal.ts";
import { compare } from "./compare.ts";
import { builtService, type Contender, serviceFrom } from "./contenders.ts";
import { progress } from "./execute.ts";
import { findLoadTool } from "./find-load-tool.ts";
import { type Piece, PIECES, WHOLE_SERVICE } from "./pieces.ts";
import { machine } from "./report.ts";
import { type Saving, savingOf, savingTable } from "./savings.ts";

const BUILD_VARIANT = `${ROOT}services/kit/test/hot-path/build-variant.ts`;

/** The options of `pnpm bench:hot-path`, which program.ts describes. */
export interface HotPathOptions {
  against?: Piece;
  rounds: number;
  seconds: number;
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
  const tool = await findLoadTool();
  const savings: Saving[] = [];
  for (const [index, piece] of pieces.entries()) {
    const { name, service } = piece;
    progress(`${index + 1}/${pieces.length} ${name}, in ${service}`);
    const shipped = await build(service, "shipped");
    const library = name === WHOLE_SERVICE ? serviceFrom(piece.library, service) : await build(service, name);
    const saving = savingOf(piece, await compare({ shipped, library }, tool, options));
    savings.push(saving);
    progress(`  saves ${saving.percent.toFixed(1)} % (${saving.repeated} rounds repeated)`);
  }
  if (json) print(JSON.stringify({ machine: machine(), load: tool.name, savings }));
  else print(`${machine()}, load from ${tool.name}\n\n${savingTable(savings)}`);
}

/** Builds a service with the library call in place of a piece; as shipped if no piece has this name. */
async function build(service: ServiceName, piece: string): Promise<Contender> {
  const folder = `dist/hot-path/${piece}`;
  const { version } = workload(service, "blue");
  const cwd = `${ROOT}services/${service}`;
  await run(process.execPath, [BUILD_VARIANT, service, version, folder, piece], { cwd });
  return builtService(service, folder);
}
