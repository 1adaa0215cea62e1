import type { Dispatcher, Pool } from "undici";

/** Connections to one origin, none of which is given a question once it is older than it may be. */
export class AgeingPool {
  readonly #make: () => Pool;
  readonly #maxAgeMs: number;
  #pool: Pool;
  #madeAt = performance.now();

  /** @param maxAgeMs by the monotonic clock; undici's `clientTtl` goes by the wall clock, which may be set back */
  constructor(make: () => Pool, maxAgeMs: number) {
    this.#make = make;
    this.#maxAgeMs = maxAgeMs;
    this.#pool = make();
  }

  /** The pool for the next question. One that is too old finishes what it has, and closes its connections. */
  current(): Dispatcher {
    const now = performance.now();
    if (now - this.#madeAt > this.#maxAgeMs) {
      void this.#pool.close();
      this.#pool = this.#make();
      this.#madeAt = now;
    }
    return this.#pool;
  }

  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
