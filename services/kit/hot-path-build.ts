import { dirname } from "node:path";
import type { Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** What the build does for speed and size alone. docs/performance.md says what each saves. */
export const TRICKS = ["commonjs", "undici-parts", "left-out"] as const;
export type Trick = (typeof TRICKS)[number];

/** The build options of all tricks but those in `without`. */
export function speedOptions(without: readonly Trick[]) {
  const uses = (trick: Trick) => !without.includes(trick);
  return {
    // An ES module that imports node:http reads all its exports, which loads the fetch that is built into Node.
    format: uses("commonjs") ? ("cjs" as const) : ("esm" as const),
    esbuildPlugins: [...(uses("undici-parts") ? [undiciParts] : []), ...(uses("left-out") ? [leaveOut] : [])],
    // This makes undici leave its experimental parser out.
    define: uses("undici-parts") ? { esbuildDetection: "true" } : {},
  };
}

/** Bundles only those parts of undici that the frontend uses, without fetch, WebSocket and proxies. */
const undiciParts: Plugin = {
  name: "undici-parts",
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ path, importer }) => ({
      path,
      namespace: "undici-parts",
      pluginData: dirname(importer),
    }));
    build.onLoad({ filter: /./, namespace: "undici-parts" }, ({ pluginData }) => ({
      contents: `
        export { default as Client } from "undici/lib/dispatcher/client.js";
        export { default as Pool } from "undici/lib/dispatcher/pool.js";
        export { default as errors } from "undici/lib/core/errors.js";`,
      resolveDir: pluginData,
    }));
  },
};

interface LeftOut {
  module: RegExp;
  /** The paths of the files that import it; all if absent. */
  by?: RegExp;
}

/** Modules that packages load at start but that no service calls. */
const LEFT_OUT: readonly LeftOut[] = [
  // No route has a schema, no plugin states a version, and no app uses TLS or HTTP/2.
  { module: /^@fastify\/(ajv|fast-json-stringify)-compiler$/ },
  { module: /^(semver|node:https|node:http2)$/, by: /\/fastify\/lib\// },
  // Fastify's `inject` is for tests.
  { module: /^light-my-request$/ },
  // One process is scraped, and it has no summaries and no exemplars.
  { module: /^\.\/lib\/(cluster|pushgateway|summary)$/, by: /\/prom-client\// },
  { module: /^@opentelemetry\/api$/, by: /\/prom-client\// },
  // The process writes its log itself.
  { module: /^thread-stream$/, by: /\/pino\// },
  // Upstream requests use HTTP/1.1 and have no body.
  { module: /\/client-h2\.js$/, by: /\/undici\// },
  { module: /\/web\//, by: /\/undici\/lib\/(core|dispatcher)\// },
];

/** Replaces each of these modules by a stub, which throws the module's name when it is called. */
const leaveOut: Plugin = {
  name: "leave-out",
  setup(build) {
    build.onResolve({ filter: /./ }, ({ path, importer }) =>
      LEFT_OUT.some(({ module, by }) => module.test(path) && (by?.test(importer) ?? true))
        ? { path, namespace: "left-out" }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: "left-out" }, ({ path }) => ({ contents: stubOf(path) }));
  },
};

/** A CommonJS module whose properties can be read, at any depth, and whose functions and classes throw. */
export function stubOf(module: string): string {
  return `
    const fail = (name) => () => { throw new Error(name + " is not in the bundle"); };
    const stub = (name) => new Proxy(function () {}, {
      get: (target, key) =>
        typeof key === "symbol" || key in target ? Reflect.get(target, key) : stub(name + "." + key),
      apply: fail(name),
      construct: fail(name),
    });
    module.exports = stub(${JSON.stringify(module)});`;
}
