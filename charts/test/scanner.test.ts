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

/** Rules that the charts break knowingly. */
const ACCEPTED = {
  CKV_K8S_8: "the pod of helm test has no liveness probe: it ends by itself",
  CKV_K8S_9: "the pod of helm test has no readiness probe: no Service leads to it",
  CKV_K8S_11: "no limit of CPU: a quota stops a process in the middle of its requests",
  CKV_K8S_15: "an image that is pinned by digest need not be pulled anew",
  CKV_K8S_21: "the namespace is the operator's, by helm --namespace",
  CKV_K8S_43: "helm by hand takes a version's tag; pnpm release pins the digest",
  CKV2_K8S_6: "the NetworkPolicy is off unless it is asked for",
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

describeWith("checkov", "checkov", (checkov) => {
  describeWithHelm("scans the charts", (helm) => {
    test("and finds nothing in any example but what is accepted", async () => {
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

/** Runs offline. It ends with 1 where a rule is broken, and its report tells. */
async function scan(checkov: string, folder: string): Promise<v.InferOutput<typeof Report>> {
  const options = ["--framework", "kubernetes", "--compact", "--quiet", "--skip-download", "--soft-fail"];
  const { stdout } = await promisify(execFile)(
    checkov,
    ["--directory", folder, ...options, "--output", "json"],
    { maxBuffer: 64_000_000, env: { ...process.env, LOG_LEVEL: "ERROR" } },
  );
  return v.parse(Report, stdout);
}
