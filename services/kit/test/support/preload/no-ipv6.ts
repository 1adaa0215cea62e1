/** A kernel without IPv6: no socket can be bound to an IPv6 address. */
import { constants } from "node:os";

// oxlint-disable-next-line typescript/no-deprecated -- the only place where Node's own socket can be reached
const { TCP }: { TCP: { prototype: object } } = Reflect.apply(Reflect.get(process, "binding"), process, [
  "tcp_wrap",
]);
Reflect.set(TCP.prototype, "bind6", () => -constants.errno.EAFNOSUPPORT);
