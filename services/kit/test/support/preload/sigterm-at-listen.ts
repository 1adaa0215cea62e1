/** Sends SIGTERM to the service just before it opens its first port (SIGTERM_AT=1) or its second (SIGTERM_AT=2). */
import { Server } from "node:net";

const listen = Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value;
let calls = 0;

Reflect.set(Server.prototype, "listen", function (this: Server, ...args: unknown[]) {
  if (++calls !== Number(process.env.SIGTERM_AT)) return Reflect.apply(listen, this, args);
  // Without an open port, nothing else keeps the process alive.
  const alive = setInterval(() => undefined, 1000);
  process.once("SIGTERM", () => {
    clearInterval(alive);
    setImmediate(() => Reflect.apply(listen, this, args));
  });
  process.kill(process.pid, "SIGTERM");
  return this;
});
