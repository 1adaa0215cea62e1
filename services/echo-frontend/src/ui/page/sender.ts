/** The time over which the real rate is measured, in ms. */
const MEASURED_MS = 3000;
/** The shortest time between two bursts, in ms: more would make the cells flash. */
const BURST_PAUSE_MS = 1000;

/** Sends requests at a rate, but never more than `limit` at a time: more would wait in the browser's own queue. */
export class Sender {
  /** How many requests may be pending. */
  limit: number;
  #send: () => Promise<void>;
  #rate: number;
  #active = true;
  #pending = 0;
  /** Requests of a burst that wait for a place. */
  #queued = 0;
  #burstAt = -Infinity;
  #dueAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The times of the last requests. */
  #sentAt: number[] = [];
  #startedAt = 0;
  /** Since when the rate has not changed. */
  #measuredSince = 0;

  /** @param rate requests per second */
  constructor(send: () => Promise<void>, rate: number, limit: number) {
    this.#send = send;
    this.#rate = rate;
    this.limit = limit;
    this.#restart();
  }

  /** When the page started to send, or last went on after a pause, in ms. */
  get startedAt(): number {
    return this.#startedAt;
  }

  get rate(): number {
    return this.#rate;
  }

  set rate(rate: number) {
    this.#rate = rate;
    const startedAt = this.#startedAt;
    this.#restart();
    // Not a pause: a silence goes on.
    this.#startedAt = startedAt;
  }

  set active(active: boolean) {
    if (active === this.#active) return;
    this.#active = active;
    this.#queued = 0;
    this.#restart();
  }

  /** Sends `count` requests as fast as the limit allows, once per second at most. */
  burst(count: number): void {
    const now = performance.now();
    if (now - this.#burstAt < BURST_PAUSE_MS) return;
    this.#burstAt = now;
    // Not added to those that still wait: a server that responds again would get all of them within a second.
    this.#queued = count;
    this.#fill();
  }

  /** The requests per second that were really sent; undefined until it is measured. */
  realRate(now: number): number | undefined {
    const from = now - MEASURED_MS;
    if (!this.#active || this.#measuredSince > from) return undefined;
    return this.#sentAt.filter((at) => at >= from).length / (MEASURED_MS / 1000);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    const now = performance.now();
    this.#startedAt = now;
    this.#measuredSince = now;
    this.#dueAt = now;
    if (this.#active) this.#tick();
  }

  #tick = (): void => {
    if (this.#pending < this.limit) void this.#start();
    const now = performance.now();
    // A late timer is made up for, but not a sleep of the machine.
    this.#dueAt = Math.max(this.#dueAt + 1000 / this.#rate, now - 1000);
    this.#timer = setTimeout(this.#tick, Math.max(0, this.#dueAt - now));
  };

  async #start(): Promise<void> {
    const now = performance.now();
    this.#sentAt = [...this.#sentAt.filter((at) => at >= now - MEASURED_MS), now];
    this.#pending++;
    await this.#send();
    this.#pending--;
    this.#fill();
  }

  #fill(): void {
    while (this.#queued > 0 && this.#pending < this.limit) {
      this.#queued--;
      void this.#start();
    }
  }
}
