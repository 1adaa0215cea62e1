/** Moves the wall clock by an hour: back on SIGURG, forward on SIGWINCH. The monotonic clock stays correct. */
const HOUR_MS = 3_600_000;
const WallClock = Date;
let offset = 0;
process.on("SIGURG", () => (offset -= HOUR_MS));
process.on("SIGWINCH", () => (offset += HOUR_MS));
const now = () => WallClock.now() + offset;

globalThis.Date = new Proxy(WallClock, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  get: (target, key, receiver) => (key === "now" ? now : Reflect.get(target, key, receiver)),
});
