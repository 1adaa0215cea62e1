import { Deployment } from "kubernetes-models/apps/v1";
import { type IContainer, type IPodSpec, Pod } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { valuesFiles } from "./support/cases.ts";
import { describeWithHelm, WORKLOADS } from "./support/helm.ts";
import { broken } from "./support/pod-security.ts";

describeWithHelm("the restricted Pod Security Standard", (helm) => {
  describe.each(WORKLOADS)("in %s", (chart) => {
    test.each(valuesFiles(chart))("is kept by every pod of %s", async (file) => {
      const objects = await helm.template(chart, chart, ["--values", file]);
      const pods = objects.flatMap((object) => {
        if (Deployment.is(object)) return object.spec?.template.spec ?? [];
        return Pod.is(object) ? (object.spec ?? []) : [];
      });
      expect(pods).toHaveLength(2);
      expect(pods.flatMap(broken)).toEqual([]);
    });
  });
});

describe("a pod", () => {
  const container: IContainer = {
    name: "a",
    resources: { limits: { memory: "1Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  };
  const pod: IPodSpec = {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1, seccompProfile: { type: "RuntimeDefault" } },
    containers: [container],
  };
  const inPod = (changes: Partial<IPodSpec>): IPodSpec => ({ ...pod, ...changes });
  const inContainer = (changes: Partial<IContainer>) => inPod({ containers: [{ ...container, ...changes }] });
  const inContext = (changes: IContainer["securityContext"]) =>
    inContainer({ securityContext: { ...container.securityContext, ...changes } });
  const inPodContext = (changes: IPodSpec["securityContext"]) =>
    inPod({ securityContext: { ...pod.securityContext, ...changes } });

  test("that is as it should be breaks no rule", () => {
    expect(broken(pod)).toEqual([]);
  });

  test.each([
    ["no host namespaces", inPod({ hostPID: true })],
    ["no HostProcess", inContext({ windowsOptions: { hostProcess: true } })],
    ["no privileged container", inContext({ privileged: true })],
    ["no host ports", inContainer({ ports: [{ containerPort: 80, hostPort: 80 }] })],
    ["no host in probes and hooks", inContainer({ livenessProbe: { tcpSocket: { host: "a", port: 80 } } })],
    ["default or local AppArmor", inContext({ appArmorProfile: { type: "Unconfined" } })],
    ["no SELinux user, role or type of its own", inPodContext({ seLinuxOptions: { type: "spc_t" } })],
    ["the default /proc", inContext({ procMount: "Unmasked" })],
    ["safe sysctls alone", inPodContext({ sysctls: [{ name: "kernel.msgmax", value: "1" }] })],
    ["volumes of the allowed kinds", inPod({ volumes: [{ name: "a", hostPath: { path: "/" } }] })],
    ["no privilege escalation", inContext({ allowPrivilegeEscalation: true })],
    ["runs as non-root", inContext({ runAsNonRoot: false })],
    ["not user 0", inContext({ runAsUser: 0 })],
    ["a seccomp profile", inContext({ seccompProfile: { type: "Unconfined" } })],
    ["all capabilities dropped", inContext({ capabilities: { drop: ["KILL"] } })],
    [
      "no capability added but to bind low ports",
      inContext({ capabilities: { drop: ["ALL"], add: ["KILL"] } }),
    ],
    [
      "a numeric user",
      inPod({ securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } }),
    ],
    ["a read-only root file system", inContext({ readOnlyRootFilesystem: false })],
    ["no service account token", inPod({ automountServiceAccountToken: true })],
    ["no variables of other services", inPod({ enableServiceLinks: true })],
    ["a limit of memory", inContainer({ resources: {} })],
  ])("breaks the rule: %s", (rule, bad) => {
    expect(broken(bad)).toEqual([`a: ${rule}`]);
  });

  test("is judged by its init containers too", () => {
    expect(broken(inPod({ initContainers: [{ name: "b" }] }))).toContain("b: no privilege escalation");
  });
});
