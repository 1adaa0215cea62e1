import { type Process, processOnPort } from "../adapters/processes.ts";
import { CONTROL_PORT, STABLE_PORT } from "../domain/ports.ts";
import { isPortFree } from "../lib/port.ts";
import type { Check, Problem } from "../lib/preflight.ts";
import type { DevProcess } from "./plan.ts";

/** How much of a command line is shown. */
const COMMAND_LENGTH = 200;

interface TakenPort {
  port: number;
  use: string;
  /** Undefined if it belongs to another user. */
  by: Process | undefined;
}

/** Whether all ports of the local system are free. Names the processes that use them, and the command that ends these. */
export async function checkPorts(plan: readonly DevProcess[]): Check {
  const ports = [
    { port: STABLE_PORT, use: "stable name" },
    { port: CONTROL_PORT, use: "its control" },
    ...plan.flatMap(({ name, port, adminPort }) => [
      { port, use: name },
      { port: adminPort, use: `${name}, admin` },
    ]),
  ];
  const free = await Promise.all(ports.map(({ port }) => isPortFree(port)));
  const taken = ports.filter((_, index) => !free[index]);
  if (taken.length === 0) return undefined;
  const by = await Promise.all(taken.map(({ port }) => processOnPort(port)));
  return describe(taken.map(({ port, use }, index) => ({ port, use, by: by[index] })));
}

function describe(taken: readonly TakenPort[]): Problem {
  const lines: string[] = [];
  const ids: number[] = [];
  for (const [id, ports] of Map.groupBy(taken, ({ by }) => by?.id)) {
    const names = ports.map(({ port, use }) => `port ${port} (${use})`).join(", ");
    // Without the folder of the program.
    const command = (ports[0]?.by?.command ?? "").replace(/^\S*\//, "");
    const short = command.length > COMMAND_LENGTH ? `${command.slice(0, COMMAND_LENGTH)}…` : command;
    lines.push(`${names}: ${id === undefined ? "a process of another user" : `process ${id}, ${short}`}`);
    if (id !== undefined) ids.push(id);
  }
  const hidden = taken.filter(({ by }) => !by).map(({ port }) => `sudo lsof -i :${port}`);
  const end = ids.length > 0 ? [`End ${ids.length === 1 ? "it" : "them"}: kill ${ids.join(" ")}`] : [];
  const find = hidden.length > 0 ? [`Find the process: ${hidden.join("; ")}`] : [];
  return {
    problem: ["in use, perhaps by another pnpm dev:", ...lines].join("\n      "),
    remedy: [...end, ...find].join("\n    "),
  };
}
