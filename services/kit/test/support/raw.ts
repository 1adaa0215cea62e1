import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** A connection on which a test writes HTTP as it likes, right or wrong. */
export class RawConnection {
  readonly socket: Socket;
  received = "";
  readonly closed: Promise<unknown>;

  private constructor(port: number) {
    this.socket = connect(port, "127.0.0.1").setEncoding("utf8");
    this.socket.on("data", (text: string) => (this.received += text));
    this.socket.on("error", () => undefined);
    // Not events.once(), which would reject when the server resets the connection.
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  static async open(port: number): Promise<RawConnection> {
    const connection = new RawConnection(port);
    await once(connection.socket, "connect");
    return connection;
  }

  write(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits until what has been received matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.closed) throw new Error(`closed before ${pattern}: ${JSON.stringify(this.received)}`);
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
    return this.received;
  }
}

/** Sends raw bytes, and returns all that is answered until the server closes. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const connection = await RawConnection.open(port);
  connection.write(text);
  await connection.closed;
  return connection.received;
}
