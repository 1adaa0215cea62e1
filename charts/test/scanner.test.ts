import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeWith } from "@echo/kit/testing/tools";
import * as v from "valibot";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { CASES } from "./support/cases.ts";
import { describeWithHelm } from "./support/helm.ts";

/** Rules that the charts break on purpose, and the reasons. */
const ACCEPTED = {
  CKV_K8S_8: "the pod of helm test has no liveness probe: it terminates after one request",
  CKV_K8S_9: "the pod of helm test has no readiness probe: no Service selects it",
  CKV_K8S_11: "no CPU limit: throttling would delay requests",
  CKV_K8S_15: "an image pinned by digest does not need to be pulled again",
  CKV_K8S_21: "helm --namespace sets the namespace",
  CKV_K8S_43: "a helm command may use a tag; pnpm release pins the digest",
  CKV2_K8S_6: "the NetworkPolicy is disabled by default",
};

const Report = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    summary: v.object({ passed: v.number(), parsing_errors: v.number() }),
    results: v.object({
      failed_checks: v.array(
        v.object({ check_id: v.string(), check_name: v.string(), resource: v.string() }),
      ),
    }),
  }),
);

describeWith("checkov", "the scan", (checkov) => {
  describeWithHelm("the charts", (helm) => {
    test("breaks only the accepted rules in the example values", async () => {
      const folder = await mkdtemp(join(tmpdir(), "echo-scan-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      for (const { chart, files } of CASES) {
        for (const [index, file] of files.entries()) {
          const objects = await helm.template(chart, chart, ["--values", file]);
          const text = objects.map((object) => stringify(object)).join("---\n");
          await writeFile(join(folder, `${chart}-${index}.yaml`), text);
        }
      }
      const { summary, results } = await scan(checkov, folder);
      expect(summary).toMatchObject({ passed: expect.toSatisfy((count) => count > 1000), parsing_errors: 0 });
      const found = results.failed_checks.filter(({ check_id: id }) => !(id in ACCEPTED));
      expect(found).toEqual([]);
      const ids = new Set(results.failed_checks.map(({ check_id: id }) => id));
      expect(ids).toEqual(new Set(Object.keys(ACCEPTED)));
    });
  });
});

/** Runs offline. Its report lists the broken rules. */
async function scan(checkov: string, folder: string): Promise<v.InferOutput<typeof Report>> {
  const options = ["--framework", "kubernetes", "--compact", "--quiet", "--skip-download", "--soft-fail"];
  const { stdout } = await promisify(execFile)(
    checkov,
    ["--directory", folder, ...options, "--output", "json"],
    { maxBuffer: 64_000_000, env: { ...process.env, LOG_LEVEL: "ERROR" } },
  );
  return v.parse(Report, stdout);
}
