import { type Color, otherColor } from "../domain/color.ts";
import { describeShare, type Sample } from "../domain/sample.ts";
import type { Weights } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import { follows } from "./follow.ts";
import { describeObservation, judge, type Observation, observe } from "./judge.ts";
import type { CanaryOptions } from "./plan.ts";
import type { Sampler } from "./switch.ts";

/** Fewer samples of a colour are not enough for a judgement. */
const MIN_SAMPLES = 200;
const BATCH = 500;
const FOLLOW_TIMEOUT_MS = 60_000;

/** Judges the target colour at each step of a shift. */
export class Canary {
  readonly #color: Color;
  readonly #other: Color;
  readonly #options: CanaryOptions;
  readonly #sample: () => Promise<Sample[]>;
  /** The last observation of the other colour, for the steps that leave it without traffic. */
  #reference: Observation | undefined;

  constructor(color: Color, options: CanaryOptions, sample: Sampler, signal: AbortSignal) {
    this.#color = color;
    this.#other = otherColor(color);
    this.#options = options;
    this.#sample = () => sample(BATCH, signal);
  }

  /** Measures the other colour before anything moves. */
  async takeReference(): Promise<void> {
    this.#keepReference([...(await this.#sample()), ...(await this.#sample())]);
  }

  /**
   * Watches a step until the traffic follows, the interval is over and each colour has enough samples.
   * @returns what was observed
   * @throws {UserError} with the reason if the target is not good enough
   */
  async watchStep(weights: Weights): Promise<string> {
    const start = performance.now();
    const samples: Sample[] = [];
    let followed: number | undefined;
    for (;;) {
      const batch = await this.#sample();
      samples.push(...batch);
      const elapsed = performance.now() - start;
      if (followed === undefined && follows(batch, weights, this.#color)) followed = elapsed;
      const target = this.#judge(samples);
      const enough =
        target.requests >= MIN_SAMPLES &&
        (weights[this.#other] === 0 || observe(samples, this.#other, false).requests >= MIN_SAMPLES);
      if (followed !== undefined && enough && elapsed >= this.#options.intervalMs)
        return `followed after ${(followed / 1000).toFixed(1)} s; ${this.#color}: ${describeObservation(target)}`;
      if (followed === undefined && elapsed > FOLLOW_TIMEOUT_MS)
        throw new UserError(
          `the traffic did not follow: ${describeShare(batch, this.#color)} in the last batch`,
        );
    }
  }

  #judge(samples: readonly Sample[]): Observation {
    this.#keepReference(samples);
    const target = observe(samples, this.#color, true);
    const problem =
      target.requests >= MIN_SAMPLES && this.#reference
        ? judge(target, this.#reference, this.#options)
        : undefined;
    if (problem !== undefined) throw new UserError(`${this.#color} is not good enough: ${problem}`);
    return target;
  }

  #keepReference(samples: readonly Sample[]): void {
    const observation = observe(samples, this.#other, false);
    if (observation.requests >= MIN_SAMPLES || !this.#reference) this.#reference = observation;
  }
}
