import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cyclonedxEsbuildPlugin } from "@cyclonedx/cyclonedx-esbuild";
import type { Options } from "tsup";
import * as v from "valibot";

type Plugins = NonNullable<Options["esbuildPlugins"]>;

const Bom = v.looseObject({ components: v.array(v.unknown()) });

/** Writes a CycloneDX file beside the bundle, with the packages in the bundle and Node. */
export function sbom(name: string): Plugins {
  return [
    cyclonedxEsbuildPlugin({ outputFile: name, outputReproducible: true }),
    {
      name: "sbom-of-node",
      setup: (build) => {
        const file = join(build.initialOptions.outdir ?? ".", name);
        build.onEnd(() => addNode(file));
      },
    },
  ];
}

/** The Node that builds is that of the image: the Dockerfile takes both from one base image. */
async function addNode(file: string): Promise<void> {
  const bom = v.parse(Bom, JSON.parse(await readFile(file, "utf8")));
  const version = process.versions.node;
  bom.components.push({
    type: "platform",
    name: "node",
    version,
    "bom-ref": `node@${version}`,
    purl: `pkg:generic/node@${version}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*`,
    licenses: [{ license: { id: "MIT" } }],
  });
  await writeFile(file, JSON.stringify(bom));
}
