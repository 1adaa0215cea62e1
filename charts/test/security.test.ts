import { Deployment } from "kubernetes-models/apps/v1";
import { type IPodSpec, Pod } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { describeWithHelm, only, REQUIRED, WORKLOADS } from "./support/helm.ts";

/** The restricted pod security standard, and a root file system that is read-only. */
function expectRestricted(pod: IPodSpec | undefined): void {
  expect(pod).toMatchObject({
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  });
  for (const field of ["hostNetwork", "hostPID", "hostIPC", "volumes"]) expect(pod).not.toHaveProperty(field);
}

describeWithHelm("pod security", (helm) => {
  describe.each(WORKLOADS)("of %s", (chart) => {
    const render = () => helm.render(chart, { ...REQUIRED, imagePullSecrets: [{ name: "login" }] });
    const service = async () => only(await render(), Deployment.is).spec?.template.spec;
    const helmTest = async () => only(await render(), Pod.is).spec;

    test.each([
      { name: "the service", pod: service },
      { name: "the pod of helm test", pod: helmTest },
    ])("$name is restricted, bounded in memory and gets no service account token", async ({ pod }) => {
      const spec = await pod();
      expectRestricted(spec);
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        imagePullSecrets: [{ name: "login" }],
        containers: [{ resources: { limits: { memory: expect.any(String) } } }],
      });
    });
  });
});
