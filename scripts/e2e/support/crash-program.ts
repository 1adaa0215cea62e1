// Runs alone beside a service, in its container. It ends the process through its debugger, so that the service cannot
// drain. The kernel delivers no SIGKILL from within a container to the container's first process.
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

const LIST = "http://127.0.0.1:9229/json";
/** After a delay: the process does not exit while a debugger is attached. */
const params = { expression: "setTimeout(() => process.reallyExit(137), 500); 0" };

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
