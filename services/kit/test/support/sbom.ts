import { readFileSync } from "node:fs";
import * as v from "valibot";

const Bom = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    bomFormat: v.literal("CycloneDX"),
    components: v.array(
      v.object({ name: v.string(), group: v.optional(v.string()), version: v.optional(v.string()) }),
    ),
  }),
);

/** The packages in an SBOM: their versions, by name. */
export function readSbom(file: string): Map<string, string[]> {
  const { components } = v.parse(Bom, readFileSync(file, "utf8"));
  const packages = Map.groupBy(components, ({ group, name }) =>
    group === undefined ? name : `${group}/${name}`,
  );
  return new Map(Array.from(packages, ([name, found]) => [name, found.map(({ version = "" }) => version)]));
}

const Manifest = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

/** The version of a package in a folder's node_modules. */
export function installedVersion(folder: URL, name: string): string {
  return v.parse(Manifest, readFileSync(new URL(`node_modules/${name}/package.json`, folder), "utf8"))
    .version;
}
