import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import type { Options } from "tsup";
import * as v from "valibot";

type Plugins = NonNullable<Options["esbuildPlugins"]>;

/** The bundle of what only tracing needs: part of each image. */
export const TRACING = "tracing";

const Component = v.looseObject({
  name: v.string(),
  group: v.optional(v.string()),
  version: v.optional(v.string()),
  purl: v.optional(v.string()),
});
type Component = v.InferOutput<typeof Component>;
const Bom = v.looseObject({
  dependencies: v.optional(v.unknown()),
  metadata: v.looseObject({ tools: v.object({ components: v.array(Component) }) }),
  components: v.array(Component),
});
type Bom = v.InferOutput<typeof Bom>;

/**
 * Plugins for the bundles of one service: `<bundle>.meta.json` is what esbuild says of each bundle, and `<bundle>.cdx.json` the
 * SBOM (CycloneDX) of the image that has this bundle and that of tracing.
 * @param bundles the name of each bundle, with the version that it has; without that of tracing
 */
export function sboms(service: string, bundles: ReadonlyMap<string, string>): (bundle: string) => Plugins {
  const names = [...bundles.keys(), TRACING];
  const done = new Set<string>();
  return (bundle) => [
    cyclonedxEsbuildPlugin({ outputFile: part(bundle), outputReproducible: true, gatherLicenseTexts: false }),
    {
      name: "sbom-of-image",
      setup: (build) => {
        const folder = build.initialOptions.outdir ?? ".";
        build.onEnd(async ({ metafile }) => {
          await writeFile(join(folder, `${bundle}.meta.json`), JSON.stringify(metafile));
          done.add(bundle);
          if (names.some((name) => !done.has(name))) return;
          const tracing = await readBom(folder, TRACING);
          for (const [name, version] of bundles) {
            const bom = imageBom(service, version, await readBom(folder, name), tracing);
            await writeFile(join(folder, `${name}.cdx.json`), `${JSON.stringify(bom, undefined, 2)}\n`);
          }
          await Promise.all(names.map((name) => rm(join(folder, part(name)))));
        });
      },
    },
  ];
}

function part(bundle: string): string {
  return `${bundle}.part.json`;
}

async function readBom(folder: string, bundle: string) {
  return v.parse(Bom, JSON.parse(await readFile(join(folder, part(bundle)), "utf8")));
}

/** One SBOM of all that is in an image. Components without a version are our own files and the stubs of the build. */
function imageBom(service: string, version: string, main: Bom, tracing: Bom) {
  // Its graph names the components that are left out.
  const { dependencies: _dependencies, metadata, ...bom } = main;
  const components = [...main.components, ...tracing.components].filter((component) => component.version);
  const byPurl = new Map(components.map((component) => [purlOf(component), component]));
  const node = process.versions.node;
  return {
    ...bom,
    metadata: {
      ...metadata,
      tools: { components: metadata.tools.components.map(withPurl) },
      component: { type: "application", ...named("generic", service, version) },
    },
    components: [
      ...Array.from(byPurl.values(), withPurl),
      // The Node that builds is that of the image: the Dockerfile takes both from one base image.
      {
        type: "platform",
        ...named("generic", "node", node),
        cpe: `cpe:2.3:a:nodejs:node.js:${node}:*:*:*:*:*:*:*`,
        licenses: [{ license: { id: "MIT" } }],
      },
    ],
  };
}

function named(type: string, name: string, version: string) {
  return { name, version, "bom-ref": `${name}@${version}`, purl: `pkg:${type}/${name}@${version}` };
}

function withPurl(component: Component): Component {
  return { ...component, purl: purlOf(component) };
}

/** A package's URL without qualifiers, which scanners compare with their database. */
function purlOf({ group, name, version }: Component): string {
  const scope = group === undefined ? "" : `${encodeURIComponent(group)}/`;
  return `pkg:npm/${scope}${name}@${version}`;
}
