import { readdirSync, readFileSync } from "node:fs";
import { planDev } from "../../src/dev/plan.ts";
import { CONTROL_PORT, STABLE_PORT } from "../../src/domain/ports.ts";
import { isPortFree } from "../../src/lib/port.ts";

/** The process id of the service at a port: the one that got this port in its environment. */
export function serviceAt(port: number): number {
  const isOurs = (id: string) => {
    try {
      return readFileSync(`/proc/${id}/environ`, "utf8").split("\0").includes(`PORT=${port}`);
    } catch {
      // It has ended, or belongs to another user.
      return false;
    }
  };
  const found = readdirSync("/proc").find((id) => /^\d+$/.test(id) && isOurs(id));
  if (found === undefined) throw new Error(`No process has PORT=${port}: expected a service of pnpm dev.`);
  return Number(found);
}

/** All ports of pnpm dev. */
export const PORTS_OF_DEV = [
  STABLE_PORT,
  CONTROL_PORT,
  ...planDev().flatMap(({ port, adminPort }) => [port, adminPort]),
];

export const portsInUse = async () => {
  const free = await Promise.all(PORTS_OF_DEV.map(isPortFree));
  return PORTS_OF_DEV.filter((_, index) => !free[index]);
};
