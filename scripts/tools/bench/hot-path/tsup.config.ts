import { fileURLToPath, pathToFileURL } from "node:url";
import type { bundle } from "../../../../services/kit/tsup.ts";

// Builds the service in whose folder tsup runs. HOT_PATH_LIBRARY names the piece to replace by its library twin.
const { HOT_PATH_LIBRARY: piece } = process.env;
const TWINS = fileURLToPath(new URL("../../../../services/kit/test/hot-path/library/", import.meta.url));

type Options = Extract<ReturnType<typeof bundle>, readonly unknown[]>;
// Not a static import, because tsup would bundle it into this file, away from the service's packages.
const { default: options }: { default: Options } = await import(
  pathToFileURL(`${process.cwd()}/tsup.config.ts`).href
);

const libraryTwin: NonNullable<Options[number]["esbuildPlugins"]>[number] = {
  name: "library-twin",
  setup(build) {
    if (!piece) return;
    build.onResolve({ filter: new RegExp(String.raw`/${piece}\.ts$`) }, ({ importer }) =>
      importer.startsWith(TWINS) ? undefined : { path: `${TWINS}${piece}.ts` },
    );
  },
};

export default { ...options[0], esbuildPlugins: [libraryTwin, ...(options[0]?.esbuildPlugins ?? [])] };
