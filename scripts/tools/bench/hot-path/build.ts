import { fileURLToPath } from "node:url";
import { run } from "../../../src/adapters/command.ts";
import { ROOT, workload } from "../../../src/names.ts";
import { type Contender, shipped } from "../contenders.ts";
import type { Piece } from "./pieces.ts";

const CONFIG = fileURLToPath(new URL("tsup.config.ts", import.meta.url));

/** Builds a piece's service, as shipped or with the library call in place of the piece. */
export async function buildVariant(
  { name, service }: Piece,
  variant: "shipped" | "library",
): Promise<Contender> {
  const folder = `${ROOT}services/${service}/dist/hot-path/${variant === "library" ? name : variant}`;
  await run("tsup", ["--silent", "--config", CONFIG, "--out-dir", folder], {
    cwd: `${ROOT}services/${service}`,
    env: { VERSION: workload(service, "blue").version, HOT_PATH_LIBRARY: variant === "library" ? name : "" },
  });
  return shipped(service, { name: `${service}, ${variant}`, folder });
}
