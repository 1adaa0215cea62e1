/** Sends SIGTERM to the service as it opens its first port (SIGTERM_AT=1), or its second. */
import { Server } from "node:net";

const listen = Object.getOwnPropertyDescriptor(Server.prototype, "listen")?.value;
let calls = 0;
Reflect.set(Server.prototype, "listen", function (this: Server, ...args: unknown[]) {
  if (++calls === Number(process.env.SIGTERM_AT)) process.kill(process.pid, "SIGTERM");
  return Reflect.apply(listen, this, args);
});
