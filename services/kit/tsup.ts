import { fileURLToPath } from "node:url";
import { defineConfig, type Options } from "tsup";
import { sbom } from "./sbom.ts";
import { leaveOutUnreached } from "./unreached.ts";
import versions from "../versions.json" with { type: "json" };

/** The versions to build, from the one place where they stand. `VERSION` in the environment builds that one instead. */
export function versionsOf(...names: (keyof typeof versions.variable)[]): string[] {
  const { VERSION } = process.env;
  return VERSION ? [VERSION] : names.map((name) => versions.variable[name].default);
}

type Plugins = NonNullable<Options["esbuildPlugins"]>;

/** The bundled CommonJS packages call `require` for Node's own modules. */
const REQUIRE = 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);';

/** As globals, these are getters, which are called each time: as constants, an answer takes 0.2 µs less. */
const GLOBALS = 'const { Buffer } = require("node:buffer"), { performance } = require("node:perf_hooks");';

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
        // Where undici is told that it is part of a bundle, it leaves its experimental parser out.
        esbuildDetection: "true",
      },
      esbuildPlugins: [
        tracingApart,
        leaveOutUnreached,
        ...plugins,
        ...sbom(`${service}-${version}.cdx.json`),
      ],
      // An import of node:http as a module asks for each of its exports, and so loads the fetch built into Node: 20 ms.
      // So the code inside is CommonJS, and requires what it needs.
      format: "cjs" as const,
      banner: { js: REQUIRE + GLOBALS },
    })),
    { ...options("tracing", TRACING), format: "esm" as const, esbuildPlugins: sbom("tracing.cdx.json") },
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
    platform: "node",
    target: "node26",
    noExternal: [/.*/],
    // Its plugin would answer for node:https before ours.
    removeNodeProtocol: false,
    splitting: false,
    dts: false,
    // Less to read at start; names stay, for errors and profiles. (`keepNames` would name each closure anew at run time.)
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: REQUIRE },
  };
}
