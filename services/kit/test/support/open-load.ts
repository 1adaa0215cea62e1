import { Agent, request } from "undici";
import { onTestFinished } from "vitest";

/** How often the requests that are due are sent, in ms. */
const TICK_MS = 10;

interface OpenLoadResponse {
  status: number;
  retryAfter: string | undefined;
}

/** Requests at a fixed rate, whether the earlier ones have ended or not, as from many independent clients. */
export class OpenLoad {
  readonly responses: OpenLoadResponse[] = [];
  readonly lost: unknown[] = [];
  sent = 0;
  readonly #url: string;
  readonly #agent = new Agent();
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();

  /** Starts at once, and stops when the test ends at the latest. */
  constructor(port: number, perSecond: number) {
    this.#url = `http://127.0.0.1:${port}/`;
    const start = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - start) * perSecond) / 1000);
      while (this.sent < due) this.#send();
    }, TICK_MS);
    onTestFinished(() => {
      clearInterval(this.#timer);
      return this.#agent.destroy();
    });
  }

  /** The number of responses with `status` so far. */
  count(status: number): number {
    return this.responses.filter((response) => response.status === status).length;
  }

  /** Sends no more, and waits for the last responses. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  #send(): void {
    this.sent++;
    const pending = this.#receive().finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  async #receive(): Promise<void> {
    try {
      const { statusCode, headers, body } = await request(this.#url, { dispatcher: this.#agent });
      await body.dump();
      const retryAfter = headers["retry-after"];
      this.responses.push({
        status: statusCode,
        retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      });
    } catch (error) {
      this.lost.push(error);
    }
  }
}
