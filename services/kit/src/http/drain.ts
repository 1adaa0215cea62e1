/** Whether this instance is shutting down. Readiness and the responses share one object. */
export class Drain {
  #started = false;

  get started(): boolean {
    return this.#started;
  }

  start(): void {
    this.#started = true;
  }
}
