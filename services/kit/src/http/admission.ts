import type { ServerResponse } from "node:http";
import { OverloadedError } from "./rejections.ts";

/**
 * Limits the requests that are handled at the same time. A request enters after its body has been read, so that slow
 * uploads block no others, and leaves when its response ends.
 */
export class Admission {
  readonly #max: number;
  #handled = 0;
  readonly #leave = () => {
    this.#handled--;
  };

  constructor(max: number) {
    this.#max = max;
  }

  /** Takes a place until `response` ends. @returns the reason if there is none, else undefined */
  tryEnter(response: ServerResponse): OverloadedError | undefined {
    if (this.#handled >= this.#max)
      return new OverloadedError(`${this.#max} requests are in progress, the limit of MAX_IN_FLIGHT`);
    // If the client has closed the connection, the response has ended already, and there is nothing to limit.
    if (response.destroyed) return undefined;
    this.#handled++;
    response.on("close", this.#leave);
    return undefined;
  }
}
