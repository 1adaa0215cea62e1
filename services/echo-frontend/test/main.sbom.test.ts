import { installedVersion, purlsInMetafile, purlsOf, readSbom } from "@echo/kit/testing";
import { expect, test } from "vitest";
import versions from "../../versions.json" with { type: "json" };

const HERE = new URL("../", import.meta.url);
const bundle = `dist/echo-frontend-${versions.variable.FRONTEND_VERSION.default}`;
const packages = readSbom(`${bundle}.cdx.json`);

test("the SBOM lists what the bundler put into the image, also for tracing, and Node, and nothing else", () => {
  const bundles = [`${bundle}.meta.json`, "dist/tracing.meta.json"];
  const expected = new Set(bundles.flatMap((file) => purlsInMetafile(file, HERE)));
  expected.add(`pkg:generic/node@${process.versions.node}`);
  const listed = purlsOf(`${bundle}.cdx.json`);
  expect(new Set(listed)).toEqual(expected);
  expect(listed).toHaveLength(expected.size);
});

test.each(["fastify", "negotiator", "pino", "undici", "valibot"])(
  "the SBOM lists %s as it is installed",
  (name) => {
    expect(packages.get(name)).toContain(installedVersion(HERE, name));
  },
);

test("the SBOM lists nothing that only tests and builds need", () => {
  for (const name of ["tsup", "esbuild", "vitest", "playwright-core"]) expect(packages.has(name)).toBe(false);
});
