import { UserError } from "../errors.ts";
import { describeShare, type Sample } from "../traffic/sample.ts";
import type { Weights } from "../traffic/weights.ts";
import { type Color, otherColor } from "../versions.ts";
import { follows } from "./follow.ts";
import { describeObservation, judge, type Limits, type Observation, observe } from "./judge.ts";

/** Fewer samples of a colour are no basis for a judgement. */
const MIN_SAMPLES = 200;
const BATCH = 500;
const FOLLOW_TIMEOUT_MS = 60_000;

export interface CanaryOptions extends Limits {
  color: Color;
  intervalMs: number;
  sample: (count: number, signal?: AbortSignal) => Promise<Sample[]>;
  signal: AbortSignal;
}

/** Judges one target colour step after step. */
export class Canary {
  readonly #options: CanaryOptions;
  readonly #other: Color;
  /** What was last seen of the other colour, for the steps that leave it no traffic. */
  #reference: Observation | undefined;

  constructor(options: CanaryOptions) {
    this.#options = options;
    this.#other = otherColor(options.color);
  }

  /** Measures the other colour before anything moves. */
  async takeReference(): Promise<void> {
    const samples = await this.#options.sample(2 * BATCH, this.#options.signal);
    this.#keepReference(samples);
  }

  /**
   * Watches a step until the traffic follows, the interval is over and each colour has samples enough.
   * @returns what was seen, in words
   * @throws {UserError} with the reason when the target is not good enough
   */
  async watchStep(weights: Weights): Promise<string> {
    const { color, intervalMs, sample, signal } = this.#options;
    const start = performance.now();
    const samples: Sample[] = [];
    let followed: number | undefined;
    for (;;) {
      const batch = await sample(BATCH, signal);
      samples.push(...batch);
      const elapsed = performance.now() - start;
      if (followed === undefined && follows(batch, weights, color)) followed = elapsed;
      const target = this.#judge(samples);
      const enough =
        target.requests >= MIN_SAMPLES && (weights[this.#other] === 0 || this.#seen(samples) >= MIN_SAMPLES);
      if (followed !== undefined && enough && elapsed >= intervalMs)
        return `followed after ${(followed / 1000).toFixed(1)} s; ${color}: ${describeObservation(target)}`;
      if (followed === undefined && elapsed > FOLLOW_TIMEOUT_MS)
        throw new UserError(`the traffic did not follow: ${describeShare(batch, color)} at the last look`);
    }
  }

  #judge(samples: readonly Sample[]): Observation {
    const { color } = this.#options;
    this.#keepReference(samples);
    const target = observe(samples, color, true);
    const problem =
      target.requests >= MIN_SAMPLES && this.#reference
        ? judge(target, this.#reference, this.#options)
        : undefined;
    if (problem !== undefined) throw new UserError(`${color} is not good enough: ${problem}`);
    return target;
  }

  #keepReference(samples: readonly Sample[]): void {
    const observation = observe(samples, this.#other, false);
    if (observation.requests >= MIN_SAMPLES || !this.#reference) this.#reference = observation;
  }

  #seen(samples: readonly Sample[]): number {
    return observe(samples, this.#other, false).requests;
  }
}
