import { run } from "../../../src/adapters/command.ts";
import { type ServiceName, workload } from "../../../src/domain/workload.ts";
import { ROOT } from "../../../src/lib/paths.ts";
import { type Contender, shipped } from "../contenders.ts";

const PROGRAM = `${ROOT}services/kit/test/hot-path/build-variant.ts`;

/** Builds a service as shipped, or with the library call in place of a piece. */
export async function buildVariant(service: ServiceName, piece?: string): Promise<Contender> {
  const cwd = `${ROOT}services/${service}`;
  const folder = `${cwd}/dist/hot-path/${piece ?? "shipped"}`;
  const { version } = workload(service, "blue");
  await run(process.execPath, [PROGRAM, service, version, folder, ...(piece ? [piece] : [])], { cwd });
  return shipped(service, folder);
}
