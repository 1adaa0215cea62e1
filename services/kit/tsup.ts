import { fileURLToPath } from "node:url";
import type { Options } from "tsup";
import { speedOptions, type Trick } from "./hot-path-build.ts";
import { sboms, TRACING } from "./sbom.ts";
import versions from "../versions.json" with { type: "json" };

/** The versions to build: those of services/versions.json, or the one in the environment variable `VERSION`. */
export function versionsOf(...names: (keyof typeof versions.variable)[]): string[] {
  const { VERSION } = process.env;
  return VERSION ? [VERSION] : names.map((name) => versions.variable[name].default);
}

type Plugins = NonNullable<Options["esbuildPlugins"]>;

const TRACING_SOURCE = fileURLToPath(new URL("src/observability/tracing/opentelemetry.ts", import.meta.url));

/**
 * Bundles `src/main.ts` into one self-contained file per version, `dist/<service>-<version>.mjs`. What only tracing needs
 * goes into `dist/tracing.mjs` beside them. `dist/<service>-<version>.cdx.json` is the SBOM of both.
 * @param without tricks for speed to leave out, for a comparison
 */
export function bundle(
  service: string,
  versionsToBuild: string[],
  plugins: Plugins = [],
  without: readonly Trick[] = [],
): Options[] {
  const speed = speedOptions(without);
  const sbom = sboms(service, new Map(versionsToBuild.map((version) => [`${service}-${version}`, version])));
  return [
    ...versionsToBuild.map((version) => ({
      ...commonOptions(`${service}-${version}`, "src/main.ts"),
      ...speed,
      define: {
        ...speed.define,
        ECHO_VERSION: JSON.stringify(version),
        ECHO_REVISION: JSON.stringify(process.env.REVISION ?? "unknown"),
      },
      esbuildPlugins: [
        separateTracing,
        ...plugins,
        ...speed.esbuildPlugins,
        ...sbom(`${service}-${version}`),
      ],
    })),
    {
      ...commonOptions(TRACING, TRACING_SOURCE),
      format: "esm" as const,
      esbuildPlugins: sbom(TRACING),
    },
  ];
}

/** Leaves the import of the tracing code as it is, so that the bundle loads it only when requests are traced. */
const separateTracing: Plugins[number] = {
  name: "separate-tracing",
  setup: (build) =>
    build.onResolve({ filter: /\/opentelemetry\.ts$/ }, () => ({ path: "./tracing.mjs", external: true })),
};

function commonOptions(name: string, entry: string): Options {
  return {
    entry: { [name]: entry },
    outExtension: () => ({ js: ".mjs" }),
    platform: "node",
    target: "node26",
    noExternal: [/.*/],
    // The bundled CommonJS packages call `require` for Node's own modules.
    banner: {
      js: 'const require = process.getBuiltinModule("module").createRequire(import.meta.url);',
    },
    // Otherwise tsup's own plugin would resolve node:https before ours.
    removeNodeProtocol: false,
    splitting: false,
    dts: false,
    // Shorter files load faster. Names stay as they are, for errors and profiles; `keepNames` would set them at run time.
    minifyWhitespace: true,
    minifySyntax: true,
  };
}
