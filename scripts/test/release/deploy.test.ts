import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { deploy } from "../../src/release/deploy.ts";
import { type Answer, fixtureTools } from "../support/tools.ts";

const cluster = openCluster({});
const upgrade = { release: "a", chart: "/charts/a", values: {} };
const away: Answer = {
  when: "upgrade",
  stderr:
    'Error: Kubernetes cluster unreachable: Get "https://127.0.0.1:6443/version": dial tcp 127.0.0.1:6443: connect: connection refused',
  exitCode: 1,
};
const failed: Answer = { when: "upgrade", stderr: "Error: context deadline exceeded", exitCode: 1 };
const busy: Answer = {
  when: "upgrade",
  stderr: "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
  exitCode: 1,
};
const status = (text: string): Answer => ({
  when: "status",
  stdout: JSON.stringify({ info: { status: text } }),
});

/** helm with these answers, and a cluster without warnings. @returns helm's commands that change something */
function helmThat(...answers: Answer[]) {
  const calls = fixtureTools({
    helm: [{ when: "version --short", stdout: "v4.1.4" }, ...answers],
    kubectl: [{ when: "get events", stdout: '{"items":[]}' }],
  });
  return () =>
    calls().flatMap(({ args }) => args.find((word) => /^(upgrade|rollback|uninstall)$/.test(word)) ?? []);
}

test.each([
  ["deployed", ["upgrade", "upgrade"]],
  ["pending-upgrade", ["upgrade", "rollback", "upgrade"]],
  ["pending-install", ["upgrade", "uninstall", "upgrade"]],
])("an upgrade that lost the API server and left the release %s starts again", async (left, words) => {
  const changes = helmThat({ ...away, once: true }, status(left));
  expect(await deploy(upgrade, cluster)).toEqual({ changed: true, note: "ready" });
  expect(changes()).toEqual(words);
});

test.each([
  ["deployed", "a did not become ready; the previous version is back."],
  [
    "failed",
    "a did not become ready; the release is failed. Restore the previous version: helm -n demos rollback a",
  ],
])("an upgrade that fails reports the state of the release: %s", async (left, words) => {
  const changes = helmThat(failed, status(left));
  await expect(deploy(upgrade, cluster)).rejects.toThrow(words);
  await expect(deploy(upgrade, cluster)).rejects.toThrow("context deadline exceeded");
  expect(new Set(changes())).toEqual(new Set(["upgrade"]));
});

test("a first install that fails is removed again", async () => {
  helmThat(failed, { when: "status", stderr: "Error: release: not found", exitCode: 1 });
  await expect(deploy(upgrade, cluster)).rejects.toThrow("a did not become ready; it was removed again.");
});

test("leaves a release alone that someone else is releasing", async () => {
  const changes = helmThat(busy, status("pending-upgrade"));
  await expect(deploy(upgrade, cluster)).rejects.toThrow(/another release of it is in progress/);
  expect(changes()).toEqual(["upgrade"]);
});

test("an interrupted upgrade is rolled back", async () => {
  const changes = helmThat(failed, status("pending-upgrade"));
  await expect(deploy(upgrade, cluster, { signal: AbortSignal.abort() })).rejects.toThrow(
    "did not become ready",
  );
  expect(changes()).toContain("rollback");
});
