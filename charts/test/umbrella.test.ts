import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { stringify } from "yaml";
import { type Chart, CHARTS, describeWithHelm, REQUIRED, type Values } from "./support/helm.ts";

const RELEASE = "echo";
/** Values of each chart, with the templates that two of the charts share turned on. */
const VALUES: Readonly<Record<Chart, Values>> = {
  "echo-backend": { ...REQUIRED, replicas: 2, podMonitor: { enabled: true } },
  "echo-frontend": { ...REQUIRED, color: "green", version: "2.0", networkPolicy: { enabled: true } },
  "echo-traffic": { frontend: { enabled: true }, alerts: { enabled: true } },
};

/** A chart that depends on the three charts and has no template of its own. */
async function writeUmbrella(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "echo-umbrella-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dependencies = Object.keys(VALUES).map((name) => ({
    name,
    version: ">=0.0.0",
    repository: `file://${CHARTS}${name}`,
  }));
  const chart = { apiVersion: "v2", name: "umbrella", version: "1.0.0", dependencies };
  await writeFile(join(folder, "Chart.yaml"), stringify(chart));
  await writeFile(join(folder, "values.yaml"), stringify(VALUES));
  return folder;
}

/** Objects by kind and name, so that their order does not matter. */
function sorted(objects: readonly unknown[]): unknown[] {
  return objects.map((object) => JSON.stringify(object)).toSorted();
}

describeWithHelm("an umbrella chart", (helm) => {
  test("renders each object as its chart alone renders it", async () => {
    const umbrella = await writeUmbrella();
    await helm.run(["dependency", "update", "--skip-refresh", umbrella]);

    const alone = await Promise.all(
      Object.entries(VALUES).map(([chart, values]) =>
        helm.template(RELEASE, chart, ["--values", "-"], JSON.stringify(values)),
      ),
    );
    expect(sorted(await helm.template(RELEASE, umbrella))).toEqual(sorted(alone.flat()));
  });
});
