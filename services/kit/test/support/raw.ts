import { connect, type Socket, type TcpNetConnectOpts } from "node:net";
import { once } from "node:events";

/** A GET that keeps its connection open. */
export const GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/** A connection on which a test writes any bytes, valid HTTP or not. */
export class RawConnection {
  readonly socket: Socket;
  received = "";
  readonly closed: Promise<unknown>;

  private constructor(port: number, options: Partial<TcpNetConnectOpts>) {
    this.socket = connect({ port, host: "127.0.0.1", ...options }).setEncoding("utf8");
    this.socket.on("data", (text: string) => (this.received += text));
    this.socket.on("error", () => undefined);
    // Not events.once(), which would reject when the server resets the connection.
    this.closed = new Promise((resolve) => this.socket.once("close", resolve));
  }

  static async open(port: number, options: Partial<TcpNetConnectOpts> = {}): Promise<RawConnection> {
    const connection = new RawConnection(port, options);
    await once(connection.socket, "connect");
    return connection;
  }

  /** Opens `count` connections, few at a time: the kernel holds 511 for a service, and lets the others wait for seconds. */
  static async openMany(port: number, count: number): Promise<RawConnection[]> {
    const connections: RawConnection[] = [];
    while (connections.length < count) {
      const batch = Array.from({ length: Math.min(100, count - connections.length) }, () =>
        RawConnection.open(port),
      );
      connections.push(...(await Promise.all(batch)));
    }
    return connections;
  }

  write(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Waits until the received text matches. @throws {Error} if the server closes the connection before */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.received)) {
      if (this.socket.closed) throw new Error(`closed before ${pattern}: ${JSON.stringify(this.received)}`);
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
    return this.received;
  }
}

/** Sends raw text on a new connection, and returns what the server sends until it closes. */
export async function sendRaw(port: number, text: string): Promise<string> {
  const connection = await RawConnection.open(port);
  connection.write(text);
  await connection.closed;
  return connection.received;
}

/** Sends one GET on a new connection, with header lines that end in CRLF, and returns the whole response. */
export function get(port: number, path = "/", headers = ""): Promise<string> {
  return sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`);
}

/** Starts an upload of one byte, and returns when the service waits for that byte. */
export async function startUpload(port: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  await connection.until(/100 Continue/);
  return connection;
}
