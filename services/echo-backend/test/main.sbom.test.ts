import { installedVersion, purlsInMetafile, purlsOf, readSbom } from "@echo/kit/testing";
import { describe, expect, test } from "vitest";
import versions from "../../versions.json" with { type: "json" };

const HERE = new URL("../", import.meta.url);
const KIT = new URL("../../kit/", import.meta.url);
const { BLUE_VERSION, GREEN_VERSION } = versions.variable;

describe.each([BLUE_VERSION.default, GREEN_VERSION.default])("the SBOM of version %s", (version) => {
  const file = `dist/echo-backend-${version}.cdx.json`;
  const packages = readSbom(file);

  test("lists what the bundler put into the image, also for tracing, and Node, and nothing else", () => {
    const bundles = [`dist/echo-backend-${version}.meta.json`, "dist/tracing.meta.json"];
    const expected = new Set(bundles.flatMap((bundle) => purlsInMetafile(bundle, HERE)));
    expected.add(`pkg:generic/node@${process.versions.node}`);
    const listed = purlsOf(file);
    expect(new Set(listed)).toEqual(expected);
    expect(listed).toHaveLength(expected.size);
    expect(listed).toContainEqual(expect.stringMatching(/^pkg:npm\/%40opentelemetry\/sdk-trace@/));
  });

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
