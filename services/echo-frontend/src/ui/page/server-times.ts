import type { Timing } from "./result.ts";

/** Requests whose time the browser never reports, such as aborted ones, are forgotten beyond this number. */
const MAX_OPEN = 1000;

/**
 * Fills in how long the server took, without the time that a request waits in the browser: a browser opens only six
 * connections to a server. Each request has a URL of its own, so that the browser's report can be assigned to it.
 */
export class ServerTimes {
  #open = new Map<string, Timing>();

  /** @param onProtocol receives the protocol of each response, such as `http/1.1` or `h2` */
  constructor(onProtocol: (protocol: string) => void) {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!(entry instanceof PerformanceResourceTiming)) continue;
        const timing = this.#open.get(entry.name);
        if (!timing || entry.responseStart === 0) continue;
        this.#open.delete(entry.name);
        timing.serverMs = entry.responseStart - entry.requestStart;
        onProtocol(entry.nextHopProtocol);
      }
    }).observe({ type: "resource" });
  }

  /** Starts to wait for the time of a request. */
  expect(url: string): Timing {
    if (this.#open.size >= MAX_OPEN) this.#open.clear();
    const timing = {};
    this.#open.set(url, timing);
    return timing;
  }
}
