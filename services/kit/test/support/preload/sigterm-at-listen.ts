/** Sends SIGTERM to the service as it opens its first port (SIGTERM_AT=1), or its second, which then takes a while. */
import { Server } from "node:net";

const SLOW_MS = 200;
const listen = Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value;
let calls = 0;

Reflect.set(Server.prototype, "listen", function (this: Server, ...args: unknown[]) {
  if (++calls !== Number(process.env.SIGTERM_AT)) return Reflect.apply(listen, this, args);
  process.kill(process.pid, "SIGTERM");
  setTimeout(() => Reflect.apply(listen, this, args), SLOW_MS);
  return this;
});
