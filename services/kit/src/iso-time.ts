let millisecond = 0;
let text = "";

/** The time as a part of a pino line. Lines of one millisecond share its text, which takes 0.5 µs to make. */
export function isoTime(): string {
  const now = Date.now();
  if (now !== millisecond) {
    millisecond = now;
    text = `,"time":"${new Date(now).toISOString()}"`;
  }
  return text;
}
