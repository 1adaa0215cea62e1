import { readFileSync } from "node:fs";
import { parseConfig } from "@echo/kit";
import { Deployment } from "kubernetes-models/apps/v1";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { backendSchema, backendSettings } from "../../services/echo-backend/src/config.ts";
import { frontendSchema, frontendSettings } from "../../services/echo-frontend/src/config.ts";
import { CHARTS, describeWithHelm, only, REQUIRED, type Values } from "./support/helm.ts";

/** The used part of a chart's values.schema.json. */
const ValuesSchema = v.object({
  properties: v.record(
    v.string(),
    v.object({ minimum: v.optional(v.number()), maximum: v.optional(v.number()) }),
  ),
});

type Environment = Record<string, string | undefined>;

const SERVICES = [
  {
    chart: "echo-backend",
    settings: Object.keys(backendSettings),
    read: (env: Environment) => parseConfig(backendSchema, env),
  },
  {
    chart: "echo-frontend",
    settings: Object.keys(frontendSettings),
    read: (env: Environment) => parseConfig(frontendSchema, env),
  },
] as const;

/** Settings without a value of the same name: fixed ports and address, `color`, and the node's address from Kubernetes. */
const FIXED = new Set(["PORT", "ADMIN_PORT", "LISTEN_ADDRESS", "COLOR", "NODE_IP"]);
/** Settings that the charts leave at their defaults. */
const UNSET = new Set(["PORT", "ADMIN_PORT", "LISTEN_ADDRESS"]);

/** DRAIN_MS is drainMs. */
function valueName(setting: string): string {
  return setting.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

describe.each(SERVICES)("the values of $chart", ({ chart, settings, read }) => {
  const { properties } = v.parse(
    ValuesSchema,
    JSON.parse(readFileSync(`${CHARTS}${chart}/values.schema.json`, "utf8")),
  );
  const defaults: unknown = parse(readFileSync(`${CHARTS}${chart}/values.yaml`, "utf8"));
  const own = settings.filter((setting) => !FIXED.has(setting));
  const numbers = own.flatMap((setting) => {
    const { minimum, maximum } = properties[valueName(setting)] ?? {};
    return minimum === undefined || maximum === undefined ? [] : { setting, minimum, maximum };
  });

  test.each(own)("include %s with a default", (setting) => {
    expect(properties).toHaveProperty(valueName(setting));
    expect(defaults).toHaveProperty(valueName(setting));
  });

  test.each(numbers)("have the limits of the service for $setting", ({ setting, minimum, maximum }) => {
    for (const value of [minimum, maximum]) expect(() => read({ [setting]: String(value) })).not.toThrow();
    for (const value of [minimum - 1, maximum + 1])
      expect(() => read({ [setting]: String(value) })).toThrow(setting);
  });
});

describeWithHelm("the settings of a service", (helm) => {
  describe.each(SERVICES)("in $chart", ({ chart, settings, read }) => {
    const variables = async (values: Values) => {
      const deployment = only(await helm.render(chart, { ...REQUIRED, ...values }), Deployment.is);
      return deployment.spec?.template.spec?.containers[0]?.env ?? [];
    };
    const config = async (values: Values = {}) =>
      read(Object.fromEntries((await variables(values)).map(({ name, value }) => [name, value])));

    test("are all set, without unknown variables", async () => {
      const names = (await variables({})).map(({ name }) => name);
      const expected = settings.filter((setting) => !UNSET.has(setting));
      expect(names.toSorted()).toEqual(expected.toSorted());
    });

    test("are valid with the chart's defaults", async () => {
      await expect(config()).resolves.toMatchObject({
        PORT: 8080,
        ADMIN_PORT: 9090,
        COLOR: "blue",
        DRAIN_MS: 5000,
        CONNECTION_MAX_AGE_MS: 5000,
      });
    });

    test("keep their values, with large numbers in full", async () => {
      const values = {
        logLevel: "debug",
        drainMs: 3_600_000,
        shutdownTimeoutMs: 3_000_000,
        connectionMaxAgeMs: 0,
      };
      await expect(config(values)).resolves.toMatchObject({
        LOG_LEVEL: "debug",
        DRAIN_MS: 3_600_000,
        SHUTDOWN_TIMEOUT_MS: 3_000_000,
        CONNECTION_MAX_AGE_MS: 0,
      });
    });
  });
});
