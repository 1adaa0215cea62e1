import { describe, expect, test } from "vitest";
import { startCommand } from "../support/command.ts";
import { type ReleaseFixture, releaseTools, trafficOf } from "../support/release.ts";
import { UNFINISHED } from "../support/shift-record.ts";

/** Runs a release with tools that succeed, apart from those of the fixture. */
async function release(fixture: ReleaseFixture, ...args: string[]) {
  const { calls } = releaseTools(fixture);
  const { exitCode, stdout, stderr } = await startCommand(...args, "--registry", "registry.example");
  return {
    ...{ exitCode, stdout, stderr },
    /** The arguments of each build. */
    builds: calls().flatMap(({ tool, args: words }) =>
      tool === "docker" && words.includes("build") ? [words.join(" ")] : [],
    ),
    /** The arguments of each upgrade of a workload. */
    upgrades: calls().flatMap(({ args: words }) => (words.includes("--wait") ? [words.join(" ")] : [])),
  };
}

const BLUE_LIVE = { blue: 100, green: 0 };
const GREEN_LIVE = { blue: 0, green: 100 };
/** A frontend whose pods lead to green directly. */
const DIRECT = {
  metadata: { name: "echo-frontend-blue" },
  spec: {
    template: {
      spec: { containers: [{ env: [{ name: "BACKEND", value: "http://echo-backend-green:80" }] }] },
    },
  },
  status: { readyReplicas: 3 },
};

describe("--version", () => {
  test("is the tag, the build argument, and the version that is deployed and verified", async () => {
    const fixture = { version: "13.0", weights: GREEN_LIVE };
    const { exitCode, stdout, stderr, builds, upgrades } = await release(
      fixture,
      ...["release:blue", "--version", "13.0"],
    );
    expect(exitCode, stderr).toBe(0);
    expect(builds).toEqual([
      expect.stringMatching(/--tag registry.example\/echo-backend:13.0 .*VERSION=13.0/),
    ]);
    expect(upgrades).toEqual([expect.stringMatching(/echo-backend-blue .*version=13.0/)]);
    expect(stdout).toContain("returns version 13.0");
  });

  test("of the frontend is deployed in one colour", async () => {
    const fixture = { version: "2.1" };
    const { upgrades } = await release(fixture, "release:frontend", "--color", "green", "--version", "2.1");
    expect(upgrades).toEqual([expect.stringMatching(/echo-frontend-green .*color=green .*version=2.1/)]);
  });

  test.each([
    ["release:green", "11.0", BLUE_LIVE, "echo-backend-blue has it, and has traffic"],
    ["release:blue", "12.0", GREEN_LIVE, "echo-backend-green has it, and has traffic"],
    ["release:blue", "12.0", { blue: 50, green: 50 }, "echo-backend-green has it, and has traffic"],
    ["release:next", "11.0", BLUE_LIVE, "echo-backend-blue has it, and has traffic"],
  ])("of %s is refused if %s is live in the other colour", async (command, version, weights, reason) => {
    const { exitCode, stderr, builds } = await release({ weights }, command, "--version", version, "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`Invalid version "${version}" of echo-backend-`);
    expect(stderr).toContain(reason);
    expect(builds).toEqual([]);
  });

  test("may be one that the other colour has without traffic", async () => {
    const { exitCode, stderr } = await release(
      { version: "12.0" },
      ...["release:blue", "--version", "12.0", "--yes"],
    );
    expect(exitCode, stderr).toBe(0);
  });
});

describe("release:next", () => {
  test.each([
    ["green", BLUE_LIVE],
    ["blue", GREEN_LIVE],
  ])("releases %s if the other colour has all traffic", async (color, weights) => {
    const fixture = { version: "13.0", weights };
    const { exitCode, stderr, upgrades } = await release(fixture, "release:next", "--version", "13.0");
    expect(exitCode, stderr).toBe(0);
    expect(upgrades).toEqual([expect.stringMatching(`echo-backend-${color} .*version=13.0`)]);
  });

  test("has the shift to that colour in its plan with --shift", async () => {
    const { exitCode, stdout } = await release(
      { weights: GREEN_LIVE },
      ...["release:next", "--version", "13.0", "--shift", "--dry-run"],
    );
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Deploy echo-backend-blue [^]*Shift echo-backend to blue 100 %, green 0 %/);
  });

  const refused: [string, ReleaseFixture, string][] = [
    [
      "both colours have a weight",
      { weights: { blue: 75, green: 25 } },
      "No colour of echo-backend is free: blue has traffic (75 % of the stable name), and green has traffic (25 % of the stable name).",
    ],
    [
      "a frontend leads to the idle colour directly",
      { kubectl: [{ when: "get deployments", stdout: JSON.stringify({ items: [DIRECT] }) }] },
      "and green has traffic (the backend of echo-frontend-blue).",
    ],
    [
      "a shift is unfinished",
      {
        kubectl: [
          {
            when: "get lease",
            stdout: JSON.stringify({
              metadata: {
                resourceVersion: "1",
                annotations: { "echo-traffic/record": JSON.stringify(UNFINISHED) },
              },
              spec: {},
            }),
          },
        ],
      },
      "Finish that shift first:",
    ],
    ["there is no stable name", { installed: false }, "has no stable name yet"],
  ];
  test.each(refused)("is refused before anything is built if %s", async (_why, fixture, reason) => {
    const { exitCode, stderr, builds } = await release(fixture, "release:next", "--version", "13.0", "--yes");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(reason);
    expect(builds).toEqual([]);
  });

  test("deploys nothing if the traffic moves to its colour during the build", async () => {
    const before = { when: "get values echo-traffic", stdout: trafficOf(BLUE_LIVE), once: true };
    const fixture = { weights: GREEN_LIVE, helm: [before] };
    const { exitCode, stderr, builds, upgrades } = await release(
      fixture,
      ...["release:next", "--version", "13.0", "--yes"],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "this release was planned for echo-backend-green, and would be for echo-backend-blue now.",
    );
    expect(builds).toHaveLength(1);
    expect(upgrades).toEqual([]);
  });
});
