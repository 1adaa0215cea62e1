import type { Mode } from "../domain/mode.ts";
import type { Sample } from "../domain/sample.ts";
import type { Weights } from "../domain/weights.ts";

/** The state of a switch. */
export interface SwitchState {
  mode: Mode | "local";
  weights: Weights;
  /** False if the stable name does not exist yet: the frontend's appears with its first weights. */
  enabled: boolean;
}

/** Sends requests to a stable name. @returns a sample of each, in any order */
export type Sampler = (count: number, signal?: AbortSignal) => Promise<Sample[]>;

/** The one place where traffic moves between the colours: a stable name and its weights. */
export interface Switch {
  /** The stable name in the output: its URL, or `local`. */
  readonly stableName: string;
  /** @throws {UserError} if there is no such switch */
  read: () => Promise<SwitchState>;
  /** Sets the weights, and changes nothing else. */
  setWeights: (weights: Weights) => Promise<void>;
  sample: Sampler;
}
