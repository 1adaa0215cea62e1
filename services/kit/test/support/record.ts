/** Prints measured figures, for the tables in the documentation. */
export function record(what: string, figures: Readonly<Record<string, number>>): void {
  const text = Object.entries(figures).map(([name, value]) => `${value} ${name}`);
  process.stdout.write(`figure: ${what}: ${text.join(", ")}\n`);
}
