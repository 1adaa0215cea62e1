import type { IContainer, IPodSpec } from "kubernetes-models/v1";

/** Volumes that the restricted profile allows. */
const VOLUMES = new Set([
  "name",
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);
const SAFE_SYSCTLS = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
]);
const SELINUX_TYPES = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);
const APPARMOR_OR_SECCOMP = new Set(["RuntimeDefault", "Localhost"]);

type Rule = (pod: IPodSpec, container: IContainer) => boolean;

/**
 * The controls of the restricted Pod Security Standard, including its baseline. Each checks one container and its pod.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
const RULES: Readonly<Record<string, Rule>> = {
  "no host namespaces": (pod) => !pod.hostNetwork && !pod.hostPID && !pod.hostIPC,
  "no HostProcess": (pod, container) =>
    !pod.securityContext?.windowsOptions?.hostProcess &&
    !container.securityContext?.windowsOptions?.hostProcess,
  "no privileged container": (_pod, { securityContext }) => securityContext?.privileged !== true,
  "no host ports": (_pod, { ports = [] }) => ports.every(({ hostPort = 0 }) => hostPort === 0),
  "no host in probes and hooks": (_pod, container) =>
    handlersOf(container).every((host) => host === undefined),
  "default or local AppArmor": (pod, container) =>
    [pod.securityContext, container.securityContext].every(
      (context) => !context?.appArmorProfile || APPARMOR_OR_SECCOMP.has(context.appArmorProfile.type),
    ),
  "no custom SELinux user, role or type": (pod, container) =>
    [pod.securityContext, container.securityContext].every((context) => {
      const { user = "", role = "", type = "" } = context?.seLinuxOptions ?? {};
      return user === "" && role === "" && SELINUX_TYPES.has(type);
    }),
  "the default /proc": (_pod, { securityContext }) => (securityContext?.procMount ?? "Default") === "Default",
  "safe sysctls only": (pod) =>
    (pod.securityContext?.sysctls ?? []).every(({ name }) => SAFE_SYSCTLS.has(name)),
  "volumes of the allowed kinds": (pod) =>
    (pod.volumes ?? []).every((volume) => Object.keys(volume).every((key) => VOLUMES.has(key))),
  "no privilege escalation": (_pod, { securityContext }) =>
    securityContext?.allowPrivilegeEscalation === false,
  "runs as non-root": (pod, { securityContext }) =>
    (securityContext?.runAsNonRoot ?? pod.securityContext?.runAsNonRoot) === true,
  "not user 0": (pod, { securityContext }) =>
    securityContext?.runAsUser !== 0 && pod.securityContext?.runAsUser !== 0,
  "a seccomp profile": (pod, { securityContext }) =>
    APPARMOR_OR_SECCOMP.has(
      (securityContext?.seccompProfile ?? pod.securityContext?.seccompProfile)?.type ?? "",
    ),
  "all capabilities dropped": (_pod, { securityContext }) =>
    (securityContext?.capabilities?.drop ?? []).includes("ALL"),
  "no added capability except NET_BIND_SERVICE": (_pod, { securityContext }) =>
    (securityContext?.capabilities?.add ?? []).every((name) => name === "NET_BIND_SERVICE"),
};

/** Rules of these charts beyond the standard. */
const OWN_RULES: Readonly<Record<string, Rule>> = {
  "a numeric user": (pod) => (pod.securityContext?.runAsUser ?? 0) > 0,
  "a read-only root file system": (_pod, { securityContext }) =>
    securityContext?.readOnlyRootFilesystem === true,
  "no service account token": (pod) => pod.automountServiceAccountToken === false,
  "no environment variables of other Services": (pod) => pod.enableServiceLinks === false,
  "a memory limit": (_pod, { resources }) => resources?.limits?.memory !== undefined,
};

/** The rules that a pod breaks, each as `<container>: <rule>`. */
export function brokenRules(pod: IPodSpec): string[] {
  const containers = [...pod.containers, ...(pod.initContainers ?? [])];
  return containers.flatMap((container) =>
    Object.entries({ ...RULES, ...OWN_RULES })
      .filter(([, rule]) => !rule(pod, container))
      .map(([name]) => `${container.name}: ${name}`),
  );
}

function handlersOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: IContainer): unknown[] {
  return [livenessProbe, readinessProbe, startupProbe, lifecycle?.postStart, lifecycle?.preStop].flatMap(
    (handler) => [handler?.httpGet?.host, handler?.tcpSocket?.host],
  );
}
