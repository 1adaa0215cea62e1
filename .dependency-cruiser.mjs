/**
 * Which file may import which. No cycles, neither between files nor between folders. In scripts/src imports go down only:
 * main → commands → (traffic, release, dev, kind, observe) → adapters → lib → domain.
 */
const LAYERS = [
  ["main.ts"],
  ["commands"],
  ["traffic", "release", "dev", "kind", "observe"],
  ["adapters"],
  ["lib"],
  ["domain"],
];

const path = (names) => `^scripts/src/(?:${names.join("|")})(?:/|$)`;

/** A folder imports neither from the layers above its own nor from the others in its layer. */
const layerRules = LAYERS.flatMap((layer, depth) =>
  layer.map((name) => ({
    name: `${name}-imports-up-or-sideways`,
    severity: "error",
    from: { path: path([name]) },
    to: { path: path([...LAYERS.slice(0, depth).flat(), ...layer].filter((other) => other !== name)) },
  })),
).slice(1);

export default {
  forbidden: [
    { name: "file-cycle", severity: "error", from: {}, to: { circular: true } },
    { name: "folder-cycle", severity: "error", scope: "folder", from: {}, to: { circular: true } },
    ...layerRules,
    {
      name: "product-imports-tools-or-tests",
      severity: "error",
      from: { path: "^(?:scripts|services/[^/]+)/src/" },
      to: { path: "^scripts/tools/|/test/" },
    },
    {
      name: "services-import-scripts",
      severity: "error",
      from: { path: "^services/" },
      to: { path: "^scripts/" },
    },
  ],
  options: {
    parser: "tsc",
    // Type imports count too.
    tsPreCompilationDeps: true,
    exclude: { path: "node_modules|/dist/" },
  },
};
