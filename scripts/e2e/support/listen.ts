import { once } from "node:events";
import type { Server } from "node:net";
import { portOf } from "../../../services/kit/test/support/address.ts";

/** Listens on the loopback, on a free port by default, until the caller closes the server. @returns the port */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return portOf(server);
}
