import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Responses to pipelined requests, which wait for an earlier response on their connection. If a CONNECT follows them, Node
 * closes the connection and forgets them (node:http, onParserExecuteCommon). This class destroys them, so that each
 * response emits `close`.
 */
export class PipelinedResponses {
  readonly #waiting = new WeakMap<Socket, Set<ServerResponse>>();

  add(socket: Socket, response: ServerResponse): void {
    const waiting = this.#waiting.get(socket) ?? this.#watch(socket);
    waiting.add(response);
    response.once("close", () => waiting.delete(response));
  }

  #watch(socket: Socket): Set<ServerResponse> {
    const waiting = new Set<ServerResponse>();
    this.#waiting.set(socket, waiting);
    socket.once("close", () => {
      for (const response of waiting) response.destroy();
    });
    return waiting;
  }
}
