import { createLogUpdate } from "log-update";
import { print } from "../lib/terminal.ts";
import type { LoadResults } from "./load-results.ts";
import type { Scale } from "./scale.ts";

/** The state of a load at one moment. */
export interface Moment {
  seconds: number;
  /** Requests per second since the previous moment. */
  rate: number;
  scale: Scale;
  results: LoadResults;
}

/** `3 of 5 pods ready, wanted 5 (3 to 30)` */
export function describeReplicas({ replicas, ready, autoscaler }: Scale): string {
  const wanted = autoscaler ? `, wanted ${autoscaler.wanted} (${autoscaler.min} to ${autoscaler.max})` : "";
  return `${ready} of ${replicas} pods ready${wanted}`;
}

/** `CPU 612m, 81 % of the request (target 50 %)` */
export function describeCpu({ cpu, autoscaler }: Scale): string {
  const used = cpu === undefined ? "CPU not measured yet" : `CPU ${cpu.toFixed(0)}m`;
  const share = autoscaler?.current === undefined ? "" : `, ${autoscaler.current} % of the request`;
  return `${used}${share}${autoscaler ? ` (target ${autoscaler.target} %)` : ""}`;
}

export type LoadView = (moment: Moment, change: string | undefined) => void;

/** Shows moments in a live view on a terminal, below the list of changes; as plain lines elsewhere. */
export function createLoadView(interactive: boolean): LoadView {
  const update = interactive ? createLogUpdate(process.stdout) : undefined;
  return ({ seconds, rate, scale, results }, change) => {
    const lines = [
      describeReplicas(scale),
      describeCpu(scale),
      `${rate.toFixed(0)} requests/s`,
      results.toString(),
    ];
    if (update) {
      if (change !== undefined) update.persist(change);
      update([...lines, `${seconds.toFixed(0)} s, Ctrl-C quits`].join("\n"));
    } else {
      if (change !== undefined) print(change);
      print(`${seconds.toFixed(0)} s | ${lines.join(" | ")}`);
    }
  };
}
