import { readFileSync } from "node:fs";
import * as v from "valibot";
import { UserError } from "../lib/errors.ts";
import { ROOT } from "../lib/paths.ts";

const Default = v.pipe(
  v.object({ default: v.string() }),
  v.transform(({ default: version }) => version),
);
const File = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    variable: v.object({ BLUE_VERSION: Default, GREEN_VERSION: Default, FRONTEND_VERSION: Default }),
  }),
  v.transform(({ variable }) => ({
    blue: variable.BLUE_VERSION,
    green: variable.GREEN_VERSION,
    frontend: variable.FRONTEND_VERSION,
  })),
);

/** The versions that services/versions.json has now, as the build reads them. @throws {UserError} if the file is invalid */
export function readVersions(file = `${ROOT}services/versions.json`): v.InferOutput<typeof File> {
  try {
    return v.parse(File, readFileSync(file, "utf8"));
  } catch (cause) {
    throw new UserError(`Invalid ${file}: expected the default of each version, as JSON.`, { cause });
  }
}
