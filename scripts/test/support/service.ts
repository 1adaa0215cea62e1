import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { onTestFinished } from "vitest";

/** A service on a free port of this machine, until the test ends. */
export async function startService(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), "close");
  });
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("Unexpected address: expected a port.");
  return `http://127.0.0.1:${address.port}`;
}

/**
 * A service that responds only when `together` requests are in flight, and counts the most that ever were.
 * @param send sends one response
 */
export function respondTogether(together: number, send: RequestListener) {
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let most = 0;
  const listener: RequestListener = (request, response) => {
    most = Math.max(most, ++inFlight);
    response.on("close", () => inFlight--);
    waiting.push(() => send(request, response));
    if (waiting.length === together) for (const respond of waiting.splice(0)) respond();
  };
  return { listener, most: () => most };
}
