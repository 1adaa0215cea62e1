let second = 0;
let text = "";

/** The local time of day, such as 15:04:05, formatted once per second: docs/performance.md, time of day. */
export function timeOfDay(now = Date.now()): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    text = new Date(now).toTimeString().slice(0, 8);
  }
  return text;
}
