import { readFileSync } from "node:fs";
import * as v from "valibot";
import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { SERVICES, workload } from "../../src/domain/workload.ts";
import { version } from "../../src/lib/arguments.ts";
import { chartPath } from "../../src/lib/paths.ts";
import { checkVersions } from "../../src/release/version-check.ts";

const cluster = openCluster({});
const backends = (blue: string, green: string) => [
  workload("echo-backend", "blue", blue),
  workload("echo-backend", "green", green),
];

test("a default that is no image tag is refused with its place", async () => {
  await expect(checkVersions(backends("11 0", "12.0"), [], cluster)).rejects.toThrow(
    'Invalid version of echo-backend-blue in services/versions.json "11 0": expected an image tag',
  );
});

test("both backends of one release may not have the same version if one of them is live", async () => {
  await expect(checkVersions(backends("12.0", "12.0"), ["echo-backend-blue"], cluster)).rejects.toThrow(
    'Invalid version "12.0" of echo-backend-green: expected one that is not live, but echo-backend-blue has it',
  );
  await expect(
    checkVersions(backends("13.0", "12.0"), ["echo-backend-blue"], cluster),
  ).resolves.toBeUndefined();
});

test("frontends may have the same version, because a shift between them changes only the colour", async () => {
  const frontends = [workload("echo-frontend", "blue"), workload("echo-frontend", "green")];
  await expect(checkVersions(frontends, ["echo-frontend-blue"], cluster)).resolves.toBeUndefined();
});

const Schema = v.object({ properties: v.object({ version: v.object({ pattern: v.string() }) }) });

test.each(SERVICES)("the chart %s accepts the same versions", (service) => {
  const schema = v.parse(
    Schema,
    JSON.parse(readFileSync(`${chartPath(service)}/values.schema.json`, "utf8")),
  );
  const pattern = new RegExp(schema.properties.version.pattern);
  for (const text of [
    "13.0",
    "v1_a-b.c",
    "1".repeat(63),
    "1".repeat(64),
    "-x",
    "x-",
    "a b",
    "a/b",
    "a:b",
    "",
  ])
    expect(pattern.test(text), text).toBe(version.read(text) !== undefined);
});
