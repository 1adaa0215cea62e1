import { localUrl, PORTS, STABLE_PORT } from "../domain/ports.ts";
import { describeWeights, type Weights } from "../domain/weights.ts";
import { workload } from "../domain/workload.ts";
import { table } from "../lib/terminal.ts";
import type { DevProcess } from "./plan.ts";

/** What runs, where, and what to do next. */
export function describeOverview(plan: readonly DevProcess[], weights: Weights): string {
  const rows = [
    ...plan.map(({ service, color, version, port, adminPort }) => [
      `${workload(service, color).name} ${version}`,
      localUrl(port),
      `${localUrl(adminPort)}/metrics`,
    ]),
    ["the stable name", localUrl(STABLE_PORT), describeWeights(weights)],
  ];
  const frontend = localUrl(PORTS.frontend.port);
  return [
    "",
    table(["WHAT", "WHERE", ""], rows),
    "",
    `Open ${frontend} in a browser, or: curl ${frontend}`,
    "Move the traffic, in another terminal: pnpm shift --local --green 25",
    "All commands: pnpm commands",
    "",
  ].join("\n");
}
