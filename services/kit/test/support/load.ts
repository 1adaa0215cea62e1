import { Agent, request } from "undici";
import { onTestFinished } from "vitest";

/** The results of a load's requests so far. */
export interface Tally {
  sent: number;
  /** The number of responses with each status. */
  responses: Readonly<Record<number, number>>;
  /** Why requests got no response. */
  lost: readonly unknown[];
}

interface LoadOptions {
  path?: string;
  /** False opens a new connection for each request. Default true. */
  keepAlive?: boolean;
}

/** Requests in a closed loop: each of some clients sends a request after the response to its last one. */
export class Load {
  readonly #send: () => ReturnType<typeof request>;
  readonly #clients: Promise<void>[];
  #running = true;
  #sent = 0;
  readonly #responses: Record<number, number> = {};
  readonly #lost: unknown[] = [];

  /** Starts at once, and stops when the test ends at the latest. */
  constructor(port: number, clients: number, { path = "/", keepAlive = true }: LoadOptions = {}) {
    const dispatcher = new Agent({ connections: clients });
    this.#send = () => request(`http://127.0.0.1:${port}${path}`, { dispatcher, reset: !keepAlive });
    this.#clients = Array.from({ length: clients }, () => this.#runClient());
    onTestFinished(() => {
      this.#running = false;
      return dispatcher.destroy();
    });
  }

  get tally(): Tally {
    return { sent: this.#sent, responses: this.#responses, lost: this.#lost };
  }

  /** The number of responses with `status` so far. */
  count(status: number): number {
    return this.#responses[status] ?? 0;
  }

  /** Stops, and waits for the last responses. */
  async end(): Promise<Tally> {
    this.#running = false;
    await Promise.all(this.#clients);
    return this.tally;
  }

  async #runClient(): Promise<void> {
    while (this.#running) {
      this.#sent++;
      try {
        const { statusCode, body } = await this.#send();
        await body.dump();
        this.#responses[statusCode] = this.count(statusCode) + 1;
      } catch (error) {
        this.#lost.push(error);
      }
    }
  }
}
