import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Answers to pipelined requests, which wait behind another on their connection. Node forgets them when a CONNECT comes
 * behind them, for which it closes the connection (node:http, onParserExecuteCommon): their `close` never comes. Here it
 * does, whatever closes the connection.
 */
export class QueuedAnswers {
  readonly #queues = new WeakMap<Socket, Set<ServerResponse>>();

  add(socket: Socket, answer: ServerResponse): void {
    const queue = this.#queues.get(socket) ?? this.#follow(socket);
    queue.add(answer);
    answer.once("close", () => queue.delete(answer));
  }

  #follow(socket: Socket): Set<ServerResponse> {
    const queue = new Set<ServerResponse>();
    this.#queues.set(socket, queue);
    socket.once("close", () => {
      for (const answer of queue) answer.emit("close");
    });
    return queue;
  }
}
