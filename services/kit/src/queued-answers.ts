import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Answers to pipelined requests, which wait behind another on their connection. When that is closed, Node emits `close`
 * only on the one whose turn it is; here the others get theirs.
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
