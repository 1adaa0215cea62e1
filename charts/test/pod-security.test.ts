import { Deployment } from "kubernetes-models/apps/v1";
import { Pod } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { valuesFiles } from "./support/cases.ts";
import { describeWithHelm, WORKLOADS } from "./support/helm.ts";
import { brokenRules } from "./support/pod-security.ts";

describeWithHelm("the restricted Pod Security Standard", (helm) => {
  describe.each(WORKLOADS)("in %s", (chart) => {
    test.each(valuesFiles(chart))("is met by every pod of %s", async (file) => {
      const objects = await helm.template(chart, chart, ["--values", file]);
      const pods = objects.flatMap((object) => {
        if (Deployment.is(object)) return object.spec?.template.spec ?? [];
        return Pod.is(object) ? (object.spec ?? []) : [];
      });
      expect(pods).toHaveLength(2);
      for (const pod of pods) {
        expect(brokenRules(pod)).toEqual([]);
        expect(pod.securityContext?.runAsUser).toBe(65_532);
        expect(pod).not.toHaveProperty("volumes");
      }
    });
  });
});
