import { once } from "node:events";
import { createServer } from "node:net";
import { PreflightError } from "../errors.ts";

/** Checks that all ports are free, before anything starts. @throws {PreflightError} naming each that is not */
export async function checkPorts(ports: ReadonlyMap<number, string>): Promise<void> {
  const checks = [...ports].map(async ([port, use]) => ((await isFree(port)) ? [] : [`${port} (${use})`]));
  const taken = (await Promise.all(checks)).flat();
  if (taken.length === 0) return;
  throw new PreflightError([
    {
      problem: `taken by another process: port ${taken.join(", port ")}`,
      remedy: "End it first; `lsof -i :PORT` names it. Another pnpm dev, perhaps?",
    },
  ]);
}

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(port);
    await listening;
    server.close();
    return true;
  } catch {
    return false;
  }
}
