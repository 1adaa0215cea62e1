import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { CASES, MESH_ROUTE } from "./support/cases.ts";
import { CHARTS, describeWithHelm } from "./support/helm.ts";
import { validate } from "./support/schemas.ts";

describeWithHelm("example values", (helm) => {
  describe.each(CASES)("of $chart", ({ chart, files }) => {
    test.each(files)("%s passes helm lint", async (file) => {
      await expect(helm.run(["lint", "--strict", CHARTS + chart, "--values", file])).resolves.toMatch(
        /0 chart.* failed/,
      );
    });

    test.each(files)("%s renders valid Kubernetes objects", async (file) => {
      const objects = await helm.template(chart, chart, ["--values", file]);
      expect(objects).not.toHaveLength(0);
      for (const object of objects) expect(() => validate(object)).not.toThrow();
    });
  });
});

test("the route for a mesh is valid, and is marked as untested", () => {
  const text = readFileSync(MESH_ROUTE, "utf8");
  expect(text).toMatch(/^# UNTESTED/);
  expect(() => validate(parse(text))).not.toThrow();
});
