/** What the frontend answers: it all, in the order of `write` below. */
interface Echo {
  backend: string;
  ec2IP: string;
  hostname: string;
  time: string;
  version: string;
  /** Only with `"backend":"error"`: why, in plain words. */
  error?: string | undefined;
}

type Lasting = "hostname" | "version";

/** Writes echoes as JSON, a line each. What lasts is made ready once, which saves an answer 0.5 µs. */
export function echoWriter({
  hostname,
  version,
}: Pick<Echo, Lasting>): (echo: Omit<Echo, Lasting>) => string {
  const middle = `,"hostname":${JSON.stringify(hostname)},"time":"`;
  const end = `","version":${JSON.stringify(version)}`;
  return ({ backend, ec2IP, time, error }) => {
    const start = `{"backend":${JSON.stringify(backend)},"ec2IP":${JSON.stringify(ec2IP)}`;
    return `${start}${middle}${time}${end}${error === undefined ? "" : `,"error":${JSON.stringify(error)}`}}\n`;
  };
}

let second = 0;
let text = "";

/** The local time of day, 15:04:05. Made once for each second, because making it takes 1 µs. */
export function timeOfDay(now: Date | number = Date.now()): string {
  const current = Math.floor(Number(now) / 1000);
  if (current !== second) {
    second = current;
    text = new Date(now).toTimeString().slice(0, 8);
  }
  return text;
}
