import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import { HISTORY_MAX } from "../../../src/domain/history.ts";
import {
  ForeignRevisionError,
  openTrafficRelease,
} from "../../../src/traffic/stable-name/traffic-release.ts";
import { LeaseLostError } from "../../../src/traffic/lease/lease.ts";
import { type Answer, fixtureTools } from "../../support/tools.ts";

const VALUES = {
  mode: "service",
  backend: { weights: { blue: 100, green: 0 } },
  frontend: { enabled: false, weights: { blue: 100, green: 0 } },
};
const CHANGE = { typedValues: { "backend.weights.blue": 0, "backend.weights.green": 100 } };
const held = () => Promise.resolve();
const lost = () => Promise.reject(new LeaseLostError("lost"));

const revision = (version: number, once = false): Answer => ({
  when: "status",
  stdout: JSON.stringify({ version, info: { status: "deployed" } }),
  once,
});
const values: Answer = { when: "get values", stdout: JSON.stringify(VALUES) };
const written = (version: number): Answer => ({
  when: "upgrade",
  stdout: `NAME: echo-traffic\nREVISION: ${version}\n`,
});

/** A helm with these answers. @returns its writing commands so far */
function fakeHelm(...answers: Answer[]): () => string[] {
  const calls = fixtureTools({ helm: [...answers, values] });
  return () => calls().flatMap(({ args }) => args.filter((word) => /^(upgrade|rollback)$/.test(word)));
}

test("each write keeps as many revisions as the history has", async () => {
  const stderr = "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress";
  const calls = fixtureTools({
    helm: [{ when: "upgrade", stderr, exitCode: 1, once: true }, revision(1), values],
  });
  await openTrafficRelease(openCluster({})).apply(CHANGE, held);
  const writes = calls().filter(({ args }) => args.includes("upgrade") || args.includes("rollback"));
  expect(writes).toHaveLength(3);
  for (const { args } of writes) expect(args.join(" ")).toContain(`--history-max ${HISTORY_MAX}`);
});

describe("someone else's revision is never overwritten", () => {
  test("when it appears after the release was read", async () => {
    const writes = fakeHelm(revision(4, true), revision(5));
    const release = openTrafficRelease(openCluster({}));
    await release.read();
    await expect(release.apply(CHANGE, held)).rejects.toThrow("found revision 5, expected 4");
    expect(writes()).toEqual([]);
  });

  test("when it appears after our own write", async () => {
    const writes = fakeHelm(revision(4, true), written(5), revision(6));
    const release = openTrafficRelease(openCluster({}));
    await release.apply(CHANGE, held);
    await expect(release.apply(CHANGE, held)).rejects.toBeInstanceOf(ForeignRevisionError);
    expect(writes()).toEqual(["upgrade"]);
  });

  test("when helm finds it between the check and its own write", async () => {
    const writes = fakeHelm(revision(4), written(6));
    await expect(openTrafficRelease(openCluster({})).apply(CHANGE, held)).rejects.toBeInstanceOf(
      ForeignRevisionError,
    );
    expect(writes()).toEqual(["upgrade"]);
  });

  test("when it is unfinished", async () => {
    const stderr = "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress";
    const writes = fakeHelm(revision(4, true), { when: "upgrade", stderr, exitCode: 1 }, revision(5));
    await expect(openTrafficRelease(openCluster({})).apply(CHANGE, held)).rejects.toBeInstanceOf(
      ForeignRevisionError,
    );
    expect(writes()).toEqual(["upgrade"]);
  });

  test("when the release was removed", async () => {
    const writes = fakeHelm(revision(4, true), {
      when: "status",
      stderr: "Error: release: not found",
      exitCode: 1,
    });
    const release = openTrafficRelease(openCluster({}));
    await release.read();
    await expect(release.apply(CHANGE, held)).rejects.toThrow("found revision 0, expected 4");
    expect(writes()).toEqual([]);
  });
});

test("a lost lease stops each helm command", async () => {
  const writes = fakeHelm(revision(4));
  await expect(openTrafficRelease(openCluster({})).apply(CHANGE, lost)).rejects.toThrow("lost");
  expect(writes()).toEqual([]);
});

test("an API server that went away during a write does not end the lease's check", async () => {
  const stderr =
    'Error: UPGRADE FAILED: Get "https://c/api": dial tcp 127.0.0.1:1: connect: connection refused';
  const messages = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => messages.mockRestore());
  // The write reached the API server, although helm did not get its response.
  const writes = fakeHelm(
    revision(4, true),
    { when: "upgrade", stderr, exitCode: 1, once: true },
    written(6),
    revision(5),
  );
  const confirm = vi.fn<() => Promise<void>>().mockResolvedValue();
  await openTrafficRelease(openCluster({})).apply(CHANGE, confirm);
  expect(writes()).toEqual(["upgrade", "upgrade"]);
  // Before each command, and while the API server is away.
  expect(confirm).toHaveBeenCalledTimes(3);
});
