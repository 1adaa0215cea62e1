import { type Color, COLORS } from "../domain/color.ts";
import type { Faults } from "../domain/fault.ts";
import { pause } from "../lib/wait.ts";

/** How often the faults are read, in ms. */
const INTERVAL_MS = 1000;

/** The faults of the backends that run. They are read again and again, because `pnpm fault --local` sets them too. */
export class KnownFaults {
  readonly #known = new Map<Color, Faults>();
  readonly #read: (color: Color) => Promise<Faults>;

  /** @param read rejects if a backend does not run */
  constructor(read: (color: Color) => Promise<Faults>) {
    this.#read = read;
  }

  /** Undefined: the backend did not tell. */
  of(color: Color): Faults | undefined {
    return this.#known.get(color);
  }

  /** Reads the faults of both colours. */
  async update(): Promise<void> {
    await Promise.all(COLORS.map((color) => this.#updateColor(color)));
  }

  /** Updates until `signal` aborts. */
  async follow(signal: AbortSignal, intervalMs = INTERVAL_MS): Promise<void> {
    while (!signal.aborted) {
      await this.update();
      await pause(intervalMs, signal).catch(() => undefined);
    }
  }

  async #updateColor(color: Color): Promise<void> {
    await this.#read(color).then(
      (faults) => this.#known.set(color, faults),
      () => this.#known.delete(color),
    );
  }
}
