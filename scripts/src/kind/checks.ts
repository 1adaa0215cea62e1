import { checkDocker, checkTool } from "../adapters/checks.ts";
import { kind } from "../adapters/kind.ts";
import { isPortFree } from "../lib/port.ts";
import type { Check } from "../lib/preflight.ts";
import { type KindState, REGISTRY } from "./plan.ts";

/** From this version on, containerd in the nodes reads /etc/containerd/certs.d. */
const OLDEST = "0.27.0";
const INSTALL = "Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation";

/** Whether docker and kind work. */
export function checkTools(): Check[] {
  return [checkDocker(), checkTool("kind", kind.version, INSTALL)];
}

/** Whether kind is new enough. */
export async function checkVersion(): Check {
  const version = await kind.version();
  if (version.localeCompare(OLDEST, "en", { numeric: true }) >= 0) return undefined;
  return { problem: `kind ${version} is too old: expected ${OLDEST} or newer`, remedy: INSTALL };
}

/** Whether the registry's port is free, or used by the registry itself. */
export async function checkPort({ registry }: KindState): Check {
  const { port } = REGISTRY;
  if (registry?.running || (await isPortFree(port))) return undefined;
  return {
    problem: `port ${port} is in use by another process`,
    remedy: `Stop that process first; \`lsof -i :${port}\` names it. On a Mac it is often the AirPlay Receiver: System Settings, General, AirDrop & Handoff.`,
  };
}
