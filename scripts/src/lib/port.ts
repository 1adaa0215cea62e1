import { once } from "node:events";
import { createServer } from "node:net";

/** Whether this machine has no listener on a port. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port), "listening");
    server.close();
    return true;
  } catch {
    return false;
  }
}
