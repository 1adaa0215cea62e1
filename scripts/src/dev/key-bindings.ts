import { allOn, type Weights, weightsOf } from "../domain/weights.ts";
import type { CycledFault } from "./fault-keys.ts";
import type { KeyBinding } from "./keys.ts";

/** What the keys of `pnpm dev` do. */
export interface KeyActions {
  setWeights: (weights: Weights) => void;
  /** Sets the next value of a fault of the colour with less traffic. */
  cycleFault: (name: CycledFault) => void;
  restartEnded: () => void;
  toggleRequests: () => void;
  printOverview: () => void;
  printKeys: () => void;
  quit: () => void;
}

/** The keys of `pnpm dev`, in the order of the list. */
export function keyBindings(actions: KeyActions): KeyBinding[] {
  return [
    {
      keys: ["b"],
      label: "b",
      short: "blue",
      description: "move all traffic to blue",
      press: () => actions.setWeights(allOn("blue")),
    },
    {
      keys: ["g"],
      label: "g",
      short: "green",
      description: "move all traffic to green",
      press: () => actions.setWeights(allOn("green")),
    },
    {
      keys: "0123456789".split(""),
      label: "0-9",
      short: "tenths",
      description: "move this many tenths of the traffic to green: 3 is 30 %",
      press: (key) => actions.setWeights(weightsOf("green", Number(key) * 10)),
    },
    {
      keys: ["e"],
      label: "e",
      short: "errors",
      description: "let the colour with less traffic fail: 20 %, 50 %, 100 %, and again 0 %",
      press: () => actions.cycleFault("errors"),
    },
    {
      keys: ["d"],
      label: "d",
      short: "delay",
      description: "delay the colour with less traffic: 200 ms, 1000 ms, and again 0 ms",
      press: () => actions.cycleFault("delayMs"),
    },
    {
      keys: ["r"],
      label: "r",
      description: "restart what has ended",
      press: actions.restartEnded,
    },
    {
      keys: ["l"],
      label: "l",
      short: "log",
      description: "show a line for each request, or stop that; warnings are always shown",
      press: actions.toggleRequests,
    },
    {
      keys: ["o"],
      label: "o",
      description: "print the overview: what runs, and where",
      press: actions.printOverview,
    },
    {
      keys: ["?", "h"],
      label: "? h",
      short: "keys",
      description: "print this list",
      press: actions.printKeys,
    },
    { keys: ["q"], label: "q", short: "quit", description: "quit", press: actions.quit },
  ];
}
