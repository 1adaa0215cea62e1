import { fileURLToPath } from "node:url";
import { defineConfig, type Options } from "tsup";
import { sbom } from "./sbom.ts";
import versions from "../versions.json" with { type: "json" };

/** The versions to build, from the one place where they stand. `VERSION` in the environment builds that one instead. */
export function versionsOf(...names: (keyof typeof versions.variable)[]): string[] {
  const { VERSION } = process.env;
  return VERSION ? [VERSION] : names.map((name) => versions.variable[name].default);
}

type Plugins = NonNullable<Options["esbuildPlugins"]>;

const TRACING = fileURLToPath(new URL("src/tracing/opentelemetry.ts", import.meta.url));

/**
 * Bundles `src/main.ts` into one self-contained file for each version, `dist/<service>-<version>.mjs`, and what is
 * loaded only to trace into `dist/tracing.mjs` beside them.
 */
export function bundle(service: string, versionsToBuild: string[], plugins: Plugins = []) {
  return defineConfig([
    ...versionsToBuild.map((version) => ({
      ...options(`${service}-${version}`, "src/main.ts"),
      define: {
        ECHO_VERSION: JSON.stringify(version),
        ECHO_REVISION: JSON.stringify(process.env.REVISION ?? "unknown"),
      },
      esbuildPlugins: [tracingApart, ...plugins, ...sbom(`${service}-${version}.cdx.json`)],
    })),
    { ...options("tracing", TRACING), esbuildPlugins: sbom("tracing.cdx.json") },
  ]);
}

/** Leaves the tracing out of a bundle, which loads it from beside itself. */
const tracingApart: Plugins[number] = {
  name: "tracing-apart",
  setup: (build) =>
    build.onResolve({ filter: /\/opentelemetry\.ts$/ }, () => ({ path: "./tracing.mjs", external: true })),
};

function options(name: string, entry: string): Options {
  return {
    entry: { [name]: entry },
    outExtension: () => ({ js: ".mjs" }),
    format: "esm",
    platform: "node",
    target: "node26",
    noExternal: [/.*/],
    splitting: false,
    dts: false,
    // Less to read at start; names stay, for errors and profiles.
    minify: true,
    keepNames: true,
    // The bundled CommonJS packages call `require` for Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  };
}
