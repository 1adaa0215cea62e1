import type { Socket } from "node:net";

/** Some twenty of the smallest requests. */
const SLICE_BYTES = 512;

/**
 * Gives Node's HTTP parser what a socket receives in small slices, and only while the connection is not blocked. The
 * parser otherwise takes up to 64 KiB at once, which can be thousands of requests.
 */
export class SlicedReader {
  readonly #socket: Socket;
  readonly #isBlocked: () => boolean;
  readonly #push: Socket["push"];
  readonly #read: Socket["_read"];
  #rest: Buffer | undefined;

  constructor(socket: Socket, isBlocked: () => boolean) {
    this.#socket = socket;
    this.#isBlocked = isBlocked;
    this.#push = socket.push.bind(socket);
    // oxlint-disable-next-line no-underscore-dangle -- the name in Node's streams
    this.#read = socket._read.bind(socket);
    socket.push = (chunk: unknown) => (Buffer.isBuffer(chunk) ? this.#add(chunk) : this.#push(chunk));
    // oxlint-disable-next-line no-underscore-dangle -- the name in Node's streams
    socket._read = (size) => {
      if (!this.#rest && !this.#isBlocked()) this.#read(size);
    };
    // With a listener, Node's parser takes what the socket emits. Without one, it reads behind the socket's back.
    socket.on("data", () => undefined);
  }

  /** How much of what was received the parser has not got yet, in bytes. */
  get waitingBytes(): number {
    return this.#rest?.length ?? 0;
  }

  /** Goes on after the connection was blocked. */
  resume(): void {
    if (this.#feed()) this.#read(SLICE_BYTES);
  }

  #add(chunk: Buffer): boolean {
    this.#rest = this.#rest ? Buffer.concat([this.#rest, chunk]) : chunk;
    return this.#feed();
  }

  /** @returns whether the socket may read more */
  #feed(): boolean {
    let accepted = true;
    while (this.#rest && !this.#isBlocked() && !this.#socket.destroyed) {
      const slice = this.#rest.subarray(0, SLICE_BYTES);
      this.#rest = this.#rest.length > SLICE_BYTES ? this.#rest.subarray(SLICE_BYTES) : undefined;
      accepted = this.#push(slice);
    }
    return accepted && !this.#rest && !this.#isBlocked();
  }
}
