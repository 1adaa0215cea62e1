import type { IContainer, IPodSpec } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { brokenRules } from "./pod-security.ts";

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

  test("that is restricted breaks no rule", () => {
    expect(brokenRules(pod)).toEqual([]);
  });

  test.each([
    ["no host namespaces", inPod({ hostPID: true })],
    ["no HostProcess", inContext({ windowsOptions: { hostProcess: true } })],
    ["no privileged container", inContext({ privileged: true })],
    ["no host ports", inContainer({ ports: [{ containerPort: 80, hostPort: 80 }] })],
    ["no host in probes and hooks", inContainer({ livenessProbe: { tcpSocket: { host: "a", port: 80 } } })],
    ["default or local AppArmor", inContext({ appArmorProfile: { type: "Unconfined" } })],
    ["no custom SELinux user, role or type", inPodContext({ seLinuxOptions: { type: "spc_t" } })],
    ["the default /proc", inContext({ procMount: "Unmasked" })],
    ["safe sysctls only", inPodContext({ sysctls: [{ name: "kernel.msgmax", value: "1" }] })],
    ["volumes of the allowed kinds", inPod({ volumes: [{ name: "a", hostPath: { path: "/" } }] })],
    ["no privilege escalation", inContext({ allowPrivilegeEscalation: true })],
    ["runs as non-root", inContext({ runAsNonRoot: false })],
    ["not user 0", inContext({ runAsUser: 0 })],
    ["a seccomp profile", inContext({ seccompProfile: { type: "Unconfined" } })],
    ["all capabilities dropped", inContext({ capabilities: { drop: ["KILL"] } })],
    [
      "no added capability except NET_BIND_SERVICE",
      inContext({ capabilities: { drop: ["ALL"], add: ["KILL"] } }),
    ],
    [
      "a numeric user",
      inPod({ securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } }),
    ],
    ["a read-only root file system", inContext({ readOnlyRootFilesystem: false })],
    ["no service account token", inPod({ automountServiceAccountToken: true })],
    ["no environment variables of other Services", inPod({ enableServiceLinks: true })],
    ["a memory limit", inContainer({ resources: {} })],
  ])("breaks the rule: %s", (rule, bad) => {
    expect(brokenRules(bad)).toEqual([`a: ${rule}`]);
  });

  test("is checked with its init containers", () => {
    expect(brokenRules(inPod({ initContainers: [{ name: "b" }] }))).toContain("b: no privilege escalation");
  });
});
