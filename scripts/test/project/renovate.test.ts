import { readFileSync } from "node:fs";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { ROOT } from "../../src/lib/paths.ts";

const read = (file: string) => readFileSync(ROOT + file, "utf8");

const Renovate = v.object({
  minimumReleaseAge: v.pipe(v.string(), v.regex(/^\d+ days$/)),
  packageRules: v.array(v.object({ matchPackageNames: v.array(v.string()) })),
  customManagers: v.array(
    v.object({
      description: v.string(),
      managerFilePatterns: v.array(v.string()),
      matchStrings: v.tuple([v.string()]),
    }),
  ),
});
const Workspace = v.object({ minimumReleaseAge: v.number() });

describe("the configuration of Renovate", () => {
  const renovate = v.parse(Renovate, JSON.parse(read("renovate.json")));

  test("waits as long after a release as pnpm does", () => {
    const { minimumReleaseAge } = v.parse(Workspace, parse(read("pnpm-workspace.yaml")));
    expect(Number.parseInt(renovate.minimumReleaseAge) * 24 * 60).toBe(minimumReleaseAge);
  });

  const patterns = renovate.customManagers.flatMap(({ description, managerFilePatterns, matchStrings }) =>
    managerFilePatterns.map((file) => ({ description, file, pattern: matchStrings[0] })),
  );
  test.each(patterns)("finds in $file: $description", ({ file, pattern }) => {
    const found = [...read(file).matchAll(new RegExp(pattern, "g"))];
    expect(found).not.toHaveLength(0);
    for (const { groups } of found) expect(groups?.currentValue).toMatch(/^[\d.]+$/);
  });

  test("names the runtime image of the Dockerfile", () => {
    const [, image] = /^ARG RUNTIME_IMAGE=([^:@\s]+)/m.exec(read("docker/Dockerfile")) ?? [];
    expect(renovate.packageRules.flatMap(({ matchPackageNames }) => matchPackageNames)).toContain(image);
  });
});
