import type { Color } from "../../domain/color.ts";
import type { Mode } from "../../domain/mode.ts";
import type { Sampler } from "../../domain/sample.ts";
import type { Weights } from "../../domain/weights.ts";
import type { Need } from "../check/capacity.ts";
import type { HeldLease } from "../lease/lease.ts";
import type { SeriesLabels } from "../judge/real-traffic.ts";
import type { TargetOptions } from "../check/target-check.ts";

/** The state of a switch. */
export interface SwitchState {
  mode: Mode | "local";
  weights: Weights;
  /** False if the stable name does not exist yet: the frontend's appears with its first weights. */
  enabled: boolean;
}

/** A client behind the stable name. It follows a shift as its own connections age. */
export interface Follower {
  name: string;
  sample: Sampler;
}

/** The one place where traffic moves between the colours: a stable name and its weights. */
export interface Switch {
  /** The stable name in the output: its URL, or `local`. */
  readonly stableName: string;
  /** The labels of its series in Prometheus; undefined if no chart records them. */
  readonly labels: SeriesLabels | undefined;
  /** @throws {UserError} if there is no such switch */
  read: () => Promise<SwitchState>;
  /**
   * Sets the weights, and changes nothing else.
   * @param confirm proves, directly before the change, that the lease is held
   */
  setWeights: (weights: Weights, confirm: HeldLease["confirm"]) => Promise<void>;
  sample: Sampler;
  /** How many instances of a colour are ready. */
  ready: (color: Color) => Promise<number>;
  /**
   * Sends a request to each ready instance of a colour.
   * @throws {TargetError} unless the colour can take traffic: it has the capacity, and responds with its version and colour
   */
  checkTarget: (color: Color, need: Need, options?: TargetOptions) => Promise<void>;
  /**
   * Checks the path from the stable name to a colour: its route, and a preview.
   * @throws {TargetError} if requests may not reach the colour
   */
  checkPath: (color: Color, signal?: AbortSignal) => Promise<void>;
  /** The running frontends behind the stable name. @throws {UserError} if they cannot show which colour responds */
  followers: (onNote: (text: string) => void) => Promise<Follower[]>;
  /** The objects behind the stable name as YAML, as they are, or as they would be with these weights. */
  manifest: (weights?: Weights) => Promise<string>;
  /** How many instances of a colour are ready and wanted, such as `2/3`; or `not deployed`. */
  readiness: (color: Color) => Promise<string>;
  /** The version in a response of a colour; undefined without one. */
  version: (color: Color) => Promise<string | undefined>;
}
