import { installedVersion, readSbom } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import versions from "../../versions.json" with { type: "json" };

const KIT = new URL("../../kit/", import.meta.url);
const { BLUE_VERSION, GREEN_VERSION } = versions.variable;

describe.each([BLUE_VERSION.default, GREEN_VERSION.default])("the SBOM of version %s", (version) => {
  const packages = readSbom(`dist/echo-backend-${version}.cdx.json`);

  test.each(["close-with-grace", "fastify", "pino", "prom-client", "sonic-boom", "valibot"])(
    "lists %s as it is installed",
    (name) => {
      expect(packages.get(name)).toContain(installedVersion(KIT, name));
    },
  );

  test("lists the Node that runs it", () => {
    expect(packages.get("node")).toEqual([process.versions.node]);
  });

  test.each(["tsup", "esbuild", "typescript", "vitest", "undici"])(
    "does not list %s, which is not in the bundle",
    (name) => {
      expect(packages.has(name)).toBe(false);
    },
  );
});
