let millisecond = 0;
let field = "";

/** The `time` field of a log line, formatted once per millisecond: docs/performance.md, time of a log line. */
export function isoTime(): string {
  const now = Date.now();
  if (now !== millisecond) {
    millisecond = now;
    field = `,"time":"${new Date(now).toISOString()}"`;
  }
  return field;
}
