import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildEnvironment, serviceEnvironment, SYSTEM_VARIABLES } from "../../src/dev/environment.ts";
import { planDev } from "../../src/dev/plan.ts";
import { ROOT } from "../../src/lib/paths.ts";

const SHELL = {
  PATH: "/bin",
  VERSION: "9",
  REVISION: "abc",
  NODE_OPTIONS: "--inspect",
  LOG_LEVEL: "warn",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
  DATABASE_URL: "postgres://",
};

test("a build gets no variable that could change it by chance", () => {
  expect(buildEnvironment(SHELL)).toEqual({ PATH: "/bin" });
});

test("a service gets its settings and those of OpenTelemetry", () => {
  expect(serviceEnvironment(SHELL)).toEqual({
    PATH: "/bin",
    LOG_LEVEL: "warn",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318",
  });
});

test("the reference names the variables that reach both", () => {
  const names = Array.from(SYSTEM_VARIABLES, (name) => `\`${name}\``).join(" ");
  expect(readFileSync(`${ROOT}docs/reference.md`, "utf8")).toMatch(
    new RegExp(`\\| ${names} +\\| builds and all`),
  );
});

test("the services listen on one address, or on all, whatever the shell says", () => {
  for (const { env } of planDev("127.0.0.1")) expect(env.LISTEN_ADDRESS).toBe("127.0.0.1");
  // An empty setting is the default: all addresses.
  for (const { env } of planDev()) expect(env.LISTEN_ADDRESS).toBe("");
});
