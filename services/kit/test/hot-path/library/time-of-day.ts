/** The time of day, formatted on each call. */
export function timeOfDay(now = Date.now()): string {
  return new Date(now).toTimeString().slice(0, 8);
}
