import { expect, test } from "vitest";
import { startCommand } from "../support/command.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const LEASE: Answer = { when: "get lease echo-traffic", stdout: '{"metadata":{"name":"echo-traffic"}}' };
const installed = (name: string) => ({ name, revision: "1", status: "deployed", chart: "any-1.0.0" });
const RELEASES = JSON.stringify(["echo-backend-blue", "echo-traffic", "someone-elses"].map(installed));

/** @returns the exit code, and what was removed */
async function undeploy({
  releases = RELEASES,
  kubectl = [LEASE],
}: { releases?: string; kubectl?: Answer[] } = {}) {
  const calls = fixtureTools({ helm: [{ when: " list ", stdout: releases }], kubectl });
  const { exitCode, stdout, stderr } = await startCommand("undeploy", "--yes");
  const removed = calls().flatMap(({ args }) => {
    const at = args.findIndex((word) => word === "uninstall" || word === "delete");
    return at === -1 ? [] : [args.slice(at + 1).join(" ")];
  });
  return { exitCode, stdout, stderr, removed };
}

const LEASE_AND_EVENTS = [
  "lease echo-traffic -n demos --ignore-not-found",
  "events -n demos --field-selector source=pnpm-shift",
];

test("removes its own releases, and the lease and the events of the shifts, and nothing else", async () => {
  const { exitCode, removed, stderr } = await undeploy();
  expect(exitCode, stderr).toBe(0);
  expect(removed).toEqual(["echo-backend-blue --wait", "echo-traffic --wait", ...LEASE_AND_EVENTS]);
});

test("removes the lease of a release that helm alone has removed", async () => {
  const { exitCode, removed } = await undeploy({ releases: "[]" });
  expect(exitCode).toBe(0);
  expect(removed).toEqual(LEASE_AND_EVENTS);
});

test("succeeds without the right to remove events", async () => {
  const stderr = 'Error from server (Forbidden): events is forbidden: User "student" cannot delete resource';
  const forbidden = { when: "delete events", stderr, exitCode: 1 };
  expect((await undeploy({ kubectl: [LEASE, forbidden] })).exitCode).toBe(0);
});

test("says that there is nothing to remove", async () => {
  const { exitCode, stdout, removed } = await undeploy({ releases: "[]", kubectl: [] });
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Nothing to remove in namespace demos.");
  expect(removed).toEqual([]);
});
