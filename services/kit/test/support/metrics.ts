import { request } from "undici";

/** The value of a metric of a running service, summed over all series, or over those with a label such as `a="b"`. */
export async function metric(adminPort: number, name: string, label = ""): Promise<number> {
  const { body } = await request(`http://127.0.0.1:${adminPort}/metrics`, { reset: true });
  const lines = (await body.text())
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && line.includes(label));
  if (lines.length === 0) throw new Error(`no metric ${name} ${label}`);
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
