import { createLogUpdate } from "log-update";
import { isInteractive, print } from "../terminal.ts";
import type { Results } from "./results.ts";
import type { Scale } from "./scale.ts";

/** A moment of the load. */
export interface Moment {
  seconds: number;
  /** Requests per second, since the moment before. */
  rate: number;
  scale: Scale;
  results: Results;
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

/** Shows moments as they come: a live view on a terminal, where changes stay above it; plain lines elsewhere. */
export function createLoadView(): (moment: Moment, change: string | undefined) => void {
  const update = isInteractive() ? createLogUpdate(process.stdout) : undefined;
  return ({ seconds, rate, scale, results }, change) => {
    const lines = [
      describeReplicas(scale),
      describeCpu(scale),
      `${rate.toFixed(0)} requests/s`,
      results.toString(),
    ];
    if (update) {
      if (change !== undefined) update.persist(change);
      update([...lines, `${seconds.toFixed(0)} s, Ctrl-C ends it`].join("\n"));
    } else {
      if (change !== undefined) print(change);
      print(`${seconds.toFixed(0)} s | ${lines.join(" | ")}`);
    }
  };
}
