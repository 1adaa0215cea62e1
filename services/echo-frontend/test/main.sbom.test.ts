import { installedVersion, readSbom } from "@echo/kit/testing";
import { expect, test } from "vitest";
import versions from "../../versions.json" with { type: "json" };

const HERE = new URL("../", import.meta.url);
const packages = readSbom(`dist/echo-frontend-${versions.variable.FRONTEND_VERSION.default}.cdx.json`);

test.each(["fastify", "negotiator", "pino", "undici", "valibot"])(
  "the SBOM lists %s as it is installed",
  (name) => {
    expect(packages.get(name)).toContain(installedVersion(HERE, name));
  },
);

test("the SBOM lists nothing that only tests and builds need", () => {
  for (const name of ["tsup", "esbuild", "vitest", "playwright-core"]) expect(packages.has(name)).toBe(false);
});
