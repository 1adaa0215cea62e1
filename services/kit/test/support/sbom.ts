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

const Components = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ components: v.array(v.looseObject({ version: v.string(), purl: v.string() })) }),
);

/** The package URLs in an SBOM. @throws {ValiError} if a component has no version or no package URL */
export function purlsOf(file: string): string[] {
  return v.parse(Components, readFileSync(file, "utf8")).components.map(({ purl }) => purl);
}

const Output = v.object({ inputs: v.record(v.string(), v.unknown()) });
const Metafile = v.pipe(v.string(), v.parseJson(), v.object({ outputs: v.record(v.string(), Output) }));
const Package = v.pipe(v.string(), v.parseJson(), v.object({ name: v.string(), version: v.string() }));

/** The package URLs of what a bundler's metafile says is in a bundle. `folder` is where the bundler ran. */
export function purlsInMetafile(file: string, folder: URL): string[] {
  const { outputs } = v.parse(Metafile, readFileSync(file, "utf8"));
  const paths = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
  const roots = paths.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const packages = Array.from(new Set(roots), (root) =>
    v.parse(Package, readFileSync(new URL(`${root}/package.json`, folder), "utf8")),
  );
  return [...new Set(packages.map(({ name, version }) => `pkg:npm/${name.replace("@", "%40")}@${version}`))];
}
