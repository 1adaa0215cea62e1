import { Agent, request } from "undici";
import { onTestFinished } from "vitest";

/** What became of a load's requests so far. */
export interface Tally {
  asked: number;
  /** How many were answered with which status. */
  answered: Readonly<Record<number, number>>;
  /** How many got no answer, and why. */
  lost: readonly unknown[];
}

/** Requests in a closed loop: each of some clients asks again once it has its answer. */
export class Load {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #workers: Promise<void>[];
  #going = true;
  #asked = 0;
  #answered: Record<number, number> = {};
  #lost: unknown[] = [];

  /** Begins at once, and ends with the test at the latest. */
  constructor(port: number, clients: number, path = "/") {
    this.#url = `http://127.0.0.1:${port}${path}`;
    this.#agent = new Agent({ connections: clients });
    this.#workers = Array.from({ length: clients }, () => this.#askOn());
    onTestFinished(() => {
      this.#going = false;
      return this.#agent.destroy();
    });
  }

  get tally(): Tally {
    return { asked: this.#asked, answered: this.#answered, lost: this.#lost };
  }

  /** How many were answered with `status` so far. */
  count(status: number): number {
    return this.#answered[status] ?? 0;
  }

  /** Lets each client have its last answer. */
  async end(): Promise<Tally> {
    this.#going = false;
    await Promise.all(this.#workers);
    return this.tally;
  }

  async #askOn(): Promise<void> {
    while (this.#going) {
      this.#asked++;
      try {
        const { statusCode, body } = await request(this.#url, { dispatcher: this.#agent });
        await body.dump();
        this.#answered[statusCode] = this.count(statusCode) + 1;
      } catch (error) {
        this.#lost.push(error);
      }
    }
  }
}
