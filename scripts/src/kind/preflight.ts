import { kind } from "../adapters/kind.ts";
import { isFree } from "../dev/ports.ts";
import type { Problem } from "../errors.ts";
import { checkDocker, checkTool } from "../release/preflight.ts";
import { type KindState, REGISTRY } from "./plan.ts";

/** From here on its nodes' containerd reads /etc/containerd/certs.d by itself. */
const OLDEST = "0.27.0";
const INSTALL = "Install it: https://kind.sigs.k8s.io/docs/user/quick-start/#installation";

/** Whether docker and kind can be asked at all, each problem with its remedy. */
export async function checkTools(): Promise<Problem[]> {
  const problems = await Promise.all([checkDocker(), checkTool("kind", kind.version, INSTALL)]);
  return problems.filter((problem) => problem !== undefined);
}

/** Whether this kind will do. */
export async function checkVersion(): Promise<Problem[]> {
  const version = await kind.version();
  if (version.localeCompare(OLDEST, "en", { numeric: true }) >= 0) return [];
  return [{ problem: `kind ${version} is too old, ${OLDEST} or newer is needed`, remedy: INSTALL }];
}

/** Whether the registry's port is free, or its own. */
export async function checkPort({ registry }: Pick<KindState, "registry">): Promise<Problem[]> {
  const { port } = REGISTRY;
  if (registry?.running || (await isFree(port))) return [];
  return [
    {
      problem: `port ${port} is taken by another process`,
      remedy: `End it first; \`lsof -i :${port}\` names it. On a Mac it is often the AirPlay Receiver: System Settings, General, AirDrop & Handoff.`,
    },
  ];
}
