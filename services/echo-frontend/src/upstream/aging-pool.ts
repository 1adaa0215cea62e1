import type { Dispatcher, Pool } from "undici";

/** Connections to one origin. A connection gets no new request once it is older than `maxAgeMs`. */
export class AgingPool {
  readonly #createPool: () => Pool;
  readonly #maxAgeMs: number;
  #pool: Pool;
  #createdAt = performance.now();

  /** @param maxAgeMs by the monotonic clock; undici's `clientTtl` uses the wall clock, which can be set back */
  constructor(createPool: () => Pool, maxAgeMs: number) {
    this.#createPool = createPool;
    this.#maxAgeMs = maxAgeMs;
    this.#pool = createPool();
  }

  /** The pool for the next request. A pool that is too old finishes its requests and closes its connections. */
  current(): Dispatcher {
    const now = performance.now();
    if (now - this.#createdAt > this.#maxAgeMs) {
      void this.#pool.close();
      this.#pool = this.#createPool();
      this.#createdAt = now;
    }
    return this.#pool;
  }

  destroy = (): Promise<void> => this.#pool.destroy();
}
