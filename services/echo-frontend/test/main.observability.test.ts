import { readFileSync } from "node:fs";
import { BUNDLES, get, ServiceProcess, startUpload } from "@echo/kit/testing";
import { expect, test } from "vitest";
import { closedUpstream } from "./support/upstream.ts";

const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");

/** The cells of the page's table rows with that many columns whose first cell is one name in code. */
function rows(section: string, columns: number): string[][] {
  const [, rest = ""] = page.split(`\n## ${section}\n`);
  const [text = ""] = rest.split("\n## ");
  return Array.from(text.matchAll(/^\| `(\w+)`(.*)\|$/gm), ([, name = "", cells = ""]) => [
    name,
    ...cells
      .split("|")
      .slice(1)
      .map((cell) => cell.trim()),
  ]).filter((cells) => cells.length === columns);
}

/** A metric as "name type label,label". */
function describeMetric(name: string, type: string, labels: readonly string[]): string {
  return `${name} ${type} ${labels.toSorted((a, b) => a.localeCompare(b)).join()}`.trim();
}

function documentedMetrics(): string[] {
  return rows("Metrics", 4).map(([name = "", type = "", labels = ""]) =>
    describeMetric(
      name,
      type,
      Array.from(labels.matchAll(/`(\w+)`/g), ([, label = ""]) => label),
    ),
  );
}

/** The labels of every series or every histogram. */
const COMMON_LABELS = new Set(["service", "version", "color", "le"]);

function emittedMetrics(text: string): string[] {
  const types = Array.from(text.matchAll(/^# TYPE (\w+) (\w+)$/gm), ([, name = "", type = ""]) => ({
    name,
    type,
  }));
  return types.map(({ name, type }) => {
    const suffix = type === "histogram" ? "_bucket" : "";
    const [, labels] = new RegExp(`^${name}${suffix}\\{(.*)\\} \\S+$`, "m").exec(text) ?? [];
    const names = Array.from(labels?.matchAll(/(\w+)="/g) ?? [], ([, label = ""]) => label);
    return describeMetric(
      name,
      type,
      names.filter((label) => !COMMON_LABELS.has(label)),
    );
  });
}

/** The metrics in order. `nodejs_active_requests` has its label only while there are requests. */
function comparable(metrics: readonly string[]): string[] {
  const known = metrics.map((metric) => metric.replace(/^(nodejs_active_requests gauge) type$/, "$1"));
  return known.toSorted((a, b) => a.localeCompare(b));
}

test("the page lists the metrics of a frontend, with type and labels", async () => {
  const service = new ServiceProcess(BUNDLES.frontend, { BACKEND: await closedUpstream() });
  const { port, adminPort } = await service.ports();
  await get(port);
  await service.logged(/"status":502/);
  const emitted = async () => comparable(emittedMetrics(await get(adminPort, "/metrics")));
  // That metric has its label after the first garbage collection.
  await expect.poll(emitted).toContain("nodejs_gc_duration_seconds histogram kind");
  expect(await emitted()).toEqual(comparable(documentedMetrics()));
});

test("a backend has the same metrics, except those of the upstream", async () => {
  const service = new ServiceProcess(BUNDLES.blue);
  const { port, adminPort } = await service.ports();
  await get(port);
  await service.logged(/"status":200/);
  const emitted = async () => comparable(emittedMetrics(await get(adminPort, "/metrics")));
  await expect.poll(emitted).toContain("nodejs_gc_duration_seconds histogram kind");
  const documented = documentedMetrics().filter((metric) => !metric.startsWith("upstream_"));
  expect(await emitted()).toEqual(comparable(documented));
});

test("the page lists the fields of the log, with their types", async () => {
  const fields = rows("Logs", 4).map(([name = "", type = "", where = ""]) => ({ name, type, where }));
  const lines = await completeLog();
  const typeOf = new Map(fields.map(({ name, type }) => [name, type]));
  for (const [name, value] of lines.flatMap((line) => Object.entries(line)))
    expect([name, typeof value]).toEqual([name, typeOf.get(name)]);
  const namesIn = (place: string) => fields.filter(({ where }) => where === place).map(({ name }) => name);
  for (const line of lines) expect(Object.keys(line)).toEqual(expect.arrayContaining(namesIn("every line")));
  const requests = lines.filter((line) => "requestId" in line).flatMap((line) => Object.keys(line));
  expect(requests).toEqual(expect.arrayContaining(namesIn("requests")));
});

/** The log of a frontend whose requests and spans fail, and which is stopped with a request in flight. */
async function completeLog(): Promise<Record<string, unknown>[]> {
  const closed = await closedUpstream();
  const service = new ServiceProcess(BUNDLES.frontend, {
    COLOR: "blue",
    BACKEND: closed,
    EC2_METADATA_URL: closed,
    OTEL_EXPORTER_OTLP_ENDPOINT: closed,
    OTEL_EXPORTER_OTLP_TIMEOUT: "1",
    SHUTDOWN_TIMEOUT_MS: "1",
  });
  const { port } = await service.ports();
  await get(port);
  await startUpload(port);
  service.child.kill("SIGTERM");
  await service.exited;
  return service.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
