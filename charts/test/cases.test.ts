import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Chart, CHARTS, describeWithHelm, WORKLOADS } from "./support/helm.ts";
import { validate } from "./support/schemas.ts";

const GATEWAYS = fileURLToPath(new URL("../../docs/gateways/", import.meta.url));

function valuesFiles(folder: string): string[] {
  return readdirSync(folder).map((name) => folder + name);
}

const CASES: { chart: Chart; files: string[] }[] = [
  ...[...WORKLOADS, "echo-traffic" as const].map((chart) => ({
    chart,
    files: valuesFiles(`${CHARTS}${chart}/ci/`),
  })),
  { chart: "echo-traffic", files: valuesFiles(GATEWAYS) },
];

describeWithHelm("example values", (helm) => {
  describe.each(CASES)("of $chart", ({ chart, files }) => {
    test.each(files)("%s pass the linter", async (file) => {
      await expect(helm.run(["lint", "--strict", CHARTS + chart, "--values", file])).resolves.toMatch(
        /0 chart.* failed/,
      );
    });

    test.each(files)("%s render what Kubernetes accepts", async (file) => {
      const objects = await helm.template(chart, chart, ["--values", file]);
      expect(objects).not.toHaveLength(0);
      for (const object of objects) expect(() => validate(object)).not.toThrow();
    });
  });
});
