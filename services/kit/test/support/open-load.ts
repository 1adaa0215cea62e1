import { Agent, request } from "undici";
import { onTestFinished } from "vitest";

/** How often what is due is sent, in ms. */
const TICK_MS = 10;

/** An answer to one request of an open load. */
export interface OpenAnswer {
  status: number;
  retryAfter: string | undefined;
}

/** Requests at a fixed rate, whether the ones before are answered or not: clients who know nothing of each other. */
export class OpenLoad {
  readonly answers: OpenAnswer[] = [];
  readonly lost: unknown[] = [];
  asked = 0;
  readonly #url: string;
  readonly #agent = new Agent();
  readonly #timer: NodeJS.Timeout;
  readonly #pending = new Set<Promise<void>>();

  /** Begins at once, and ends with the test at the latest. */
  constructor(port: number, perSecond: number) {
    this.#url = `http://127.0.0.1:${port}/`;
    const start = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - start) * perSecond) / 1000);
      while (this.asked < due) this.#ask();
    }, TICK_MS);
    onTestFinished(() => {
      clearInterval(this.#timer);
      return this.#agent.destroy();
    });
  }

  /** Asks no more, and waits for the answers that are still due. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#pending);
  }

  #ask(): void {
    this.asked++;
    const pending = this.#answer().finally(() => this.#pending.delete(pending));
    this.#pending.add(pending);
  }

  async #answer(): Promise<void> {
    try {
      const { statusCode, headers, body } = await request(this.#url, { dispatcher: this.#agent });
      await body.dump();
      const retryAfter = headers["retry-after"];
      this.answers.push({
        status: statusCode,
        retryAfter: typeof retryAfter === "string" ? retryAfter : undefined,
      });
    } catch (error) {
      this.lost.push(error);
    }
  }
}
