import { describe, expect, test } from "vitest";
import { type Chart, describeWithHelm, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";
import { validate } from "./support/schemas.ts";

/** Valid names that YAML reads as another type, unless they are quoted. */
const NAMES = ["42", "1e5", "0x1f", "0o17", "2024-01-01", "true", "no", "on", "y", "null"];
/** A name that YAML reads as a string, quoted or not. */
const PLAIN = "plain";

/** All objects of a workload's chart, with a name wherever a value or helm allows one. */
const allWith = (name: string): Values => ({
  ...REQUIRED,
  registry: name,
  version: name,
  color: name,
  replicas: 2,
  extraEnv: [{ name: "TEXT", value: name }],
  imagePullSecrets: [{ name }],
  networkPolicy: { enabled: true },
  podMonitor: { enabled: true, labels: { release: name } },
});
const TRAFFIC = {
  mode: "gateway",
  frontend: { enabled: true },
  dashboard: { enabled: true },
  alerts: { enabled: true },
};
const FRONTEND = { autoscaling: { enabled: true }, ingress: { enabled: true } };

function valuesOf(chart: Chart, name: string): Values {
  if (chart === "echo-backend") return allWith(name);
  if (chart === "echo-frontend") return { ...allWith(name), ...FRONTEND };
  return { ...TRAFFIC, gateway: { className: name, address: name }, clusterDomain: name };
}

describeWithHelm("a name that YAML reads as another type", (helm) => {
  describe.each([...WORKLOADS, "echo-traffic"] as const)("in %s", (chart) => {
    const render = (name: string) => {
      const values = valuesOf(chart, name);
      return helm.template(name, chart, ["--namespace", name, "--values", "-"], JSON.stringify(values));
    };

    test.each(NAMES)("such as %s stays a string in every field", async (name) => {
      const objects = await render(name);
      expect(objects.length).toBeGreaterThan(4);
      for (const object of objects) expect(() => validate(object)).not.toThrow();
      const strings = stringsOf(objects);
      expect(strings).toEqual(stringsOf(await render(PLAIN)).map((text) => text.replaceAll(PLAIN, name)));
    });
  });
});

/** All strings in a value, in the order of their fields. */
function stringsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((child) => stringsOf(child));
}
