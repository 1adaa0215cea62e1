/** Whether this instance is shutting down. Readiness and all responses share one object. */
export class Drain {
  started = false;
}
