/** What the frontend answers, keys in this order. */
export interface Echo {
  backend: string;
  ec2IP: string;
  hostname: string;
  time: string;
  version: string;
  /** Only with `"backend":"error"`: why, in plain words. */
  error?: string;
}

/** The local time of day, 15:04:05. */
export function timeOfDay(now = new Date()): string {
  return now.toTimeString().slice(0, 8);
}
