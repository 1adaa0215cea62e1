import { setTimeout as pause } from "node:timers/promises";
import { request } from "undici";

/** The value of a metric of a running service, summed over all series, or over those with a label such as `a="b"`. */
export async function metric(adminPort: number, name: string, label = ""): Promise<number> {
  const lines = (await freshScrape(adminPort))
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  if (lines.length === 0) throw new Error(`no metric ${name} ${label}`);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

/** A scrape that began after the call. The service shares one for about a second, and the next differs in its CPU time. */
async function freshScrape(adminPort: number): Promise<string> {
  const shared = await scrape(adminPort);
  for (;;) {
    await pause(20);
    const text = await scrape(adminPort);
    if (text !== shared) return text;
  }
}

async function scrape(adminPort: number): Promise<string> {
  const { body } = await request(`http://127.0.0.1:${adminPort}/metrics`, { reset: true });
  return body.text();
}
