import type { ServerResponse } from "node:http";
import type { FastifyRequest } from "fastify";
import { OverloadedError } from "./rejections.ts";

type AdmittedRequest = Pick<FastifyRequest, "admitted">;

export type Admission = ReturnType<typeof createAdmission>;

/**
 * Limits the requests that are handled at the same time to `max`. A request enters after its body has been read, so that
 * slow uploads block no others, and leaves when its response ends: an admission observes the requests.
 */
export function createAdmission(max: number) {
  let handled = 0;
  return {
    /** Takes a place until the response ends. @returns the reason if there is none, else undefined */
    tryEnter(request: AdmittedRequest, response: ServerResponse): OverloadedError | undefined {
      if (handled >= max)
        return new OverloadedError(`${max} requests are in progress, the limit of MAX_IN_FLIGHT`);
      // If the client has closed the connection, the response has ended already, and there is nothing to limit.
      request.admitted = !response.destroyed;
      if (request.admitted) handled++;
      return undefined;
    },

    end({ admitted }: AdmittedRequest): void {
      if (admitted) handled--;
    },
  };
}
