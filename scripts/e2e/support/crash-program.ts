// Runs alone beside a service, in its container: has the service's process opened for a debugger, and ended through it
// without a chance to do anything.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

const LIST = "http://127.0.0.1:9229/json";
/** A little later: it would not end while its debugger is there. */
const params = { expression: "setTimeout(() => process.reallyExit(137), 500); 0" };

process.kill(1, "SIGUSR1");
for (;;) {
  try {
    const list = await (await fetch(LIST)).text();
    const socket = new WebSocket(/ws:[^"]+/.exec(list)?.[0] ?? "");
    await once(socket, "open");
    socket.send(JSON.stringify({ id: 1, method: "Runtime.evaluate", params }));
    await once(socket, "message");
    socket.close();
    break;
  } catch {
    await pause(50);
  }
}
