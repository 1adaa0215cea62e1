import { once } from "node:events";
import { createServer } from "node:net";

/** Whether this machine has no listener on a port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, "listening");
    server.listen(port);
    await listening;
    server.close();
    return true;
  } catch {
    return false;
  }
}
