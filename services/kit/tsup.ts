import { defineConfig, type Options } from "tsup";
import { leaveOutUnreached } from "./unreached.ts";
import versions from "../versions.json" with { type: "json" };

/** The versions to build, from the one place where they stand. `VERSION` in the environment builds that one instead. */
export function versionsOf(...names: (keyof typeof versions.variable)[]): string[] {
  const { VERSION } = process.env;
  return VERSION ? [VERSION] : names.map((name) => versions.variable[name].default);
}

type Plugins = NonNullable<Options["esbuildPlugins"]>;

/** Bundles `src/main.ts` into one self-contained file for each version: `dist/<service>-<version>.cjs`. */
export function bundle(service: string, versionsToBuild: string[], plugins: Plugins = []) {
  return defineConfig(
    versionsToBuild.map((version) => ({
      ...options(`${service}-${version}`, version),
      esbuildPlugins: [leaveOutUnreached, ...plugins],
    })),
  );
}

function options(name: string, version: string): Options {
  return {
    entry: { [name]: "src/main.ts" },
    outExtension: () => ({ js: ".cjs" }),
    define: {
      ECHO_VERSION: JSON.stringify(version),
      ECHO_REVISION: JSON.stringify(process.env.REVISION ?? "unknown"),
      // Where undici is told that it is part of a bundle, it leaves its experimental parser out.
      esbuildDetection: "true",
    },
    // An import of node:http as a module asks for each of its exports, and so loads the fetch built into Node: 20 ms.
    format: "cjs",
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
  };
}
