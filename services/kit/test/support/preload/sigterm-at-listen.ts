/** Sends SIGTERM to the service as it opens its first port (SIGTERM_AT=1), or its second, which is open only afterwards. */
import { Server } from "node:net";

const listen = Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value;
let calls = 0;

Reflect.set(Server.prototype, "listen", function (this: Server, ...args: unknown[]) {
  if (++calls !== Number(process.env.SIGTERM_AT)) return Reflect.apply(listen, this, args);
  // Nothing else keeps a process alive that has no port yet.
  const alive = setInterval(() => undefined, 1000);
  process.once("SIGTERM", () => {
    clearInterval(alive);
    setImmediate(() => Reflect.apply(listen, this, args));
  });
  process.kill(process.pid, "SIGTERM");
  return this;
});
