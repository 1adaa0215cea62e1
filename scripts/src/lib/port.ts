import { once } from "node:events";
import { createServer } from "node:net";
import { LOOPBACK } from "../domain/ports.ts";

/** Whether this machine has no listener on a port: neither on the loopback nor on all addresses. */
export async function isPortFree(port: number): Promise<boolean> {
  return (await canListen(port, LOOPBACK)) && canListen(port);
}

async function canListen(port: number, address?: string): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, address), "listening");
  } catch {
    return false;
  }
  await once(server.close(), "close");
  return true;
}
