import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

const SOURCES = fileURLToPath(new URL("../../src/hot-path/", import.meta.url));
const LIBRARY = fileURLToPath(new URL("library/", import.meta.url));

/** The pieces of the hot path, such as `access-log`. */
export const PIECES = readdirSync(SOURCES).map((file) => basename(file, ".ts"));

/** An esbuild plugin that bundles the library call in place of one piece, to measure what the piece saves. */
export function useLibrary(piece: string): Plugin {
  return {
    name: "use-library",
    setup(build) {
      build.onResolve({ filter: new RegExp(`/${piece}\\.ts$`) }, ({ path, resolveDir }) =>
        resolve(resolveDir, path) === `${SOURCES}${piece}.ts` ? { path: `${LIBRARY}${piece}.ts` } : undefined,
      );
    },
  };
}
