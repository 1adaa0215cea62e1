import { expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { openClusterSwitch } from "../../src/traffic/cluster-switch.ts";
import { fixtureTools } from "../support/tools.ts";

const cluster = openCluster({});
const VALUES = {
  mode: "gateway",
  backend: { weights: { blue: 75, green: 25 } },
  frontend: { enabled: false, weights: { blue: 100, green: 0 } },
};

test("reads the state from the release echo-traffic", async () => {
  fixtureTools({ helm: [{ when: "get values echo-traffic", stdout: JSON.stringify(VALUES) }] });
  expect(await openClusterSwitch("echo-backend", cluster).read()).toEqual({
    mode: "gateway",
    weights: { blue: 75, green: 25 },
    enabled: true,
  });
  expect(await openClusterSwitch("echo-frontend", cluster).read()).toMatchObject({ enabled: false });
});

test("has no state if echo-traffic is not installed", async () => {
  fixtureTools({ helm: [{ when: "get values", stderr: "Error: release: not found", exitCode: 1 }] });
  await expect(openClusterSwitch("echo-backend", cluster).read()).rejects.toThrow(
    "Namespace demos has no stable name yet (helm release echo-traffic).",
  );
});

test("sets the weights of one service only", async () => {
  const calls = fixtureTools({ helm: [] });
  await openClusterSwitch("echo-backend", cluster).setWeights({ blue: 75, green: 25 });
  await openClusterSwitch("echo-frontend", cluster).setWeights({ blue: 0, green: 100 });
  expect(calls().map(({ args }) => args.filter((word) => word.includes("=")))).toEqual([
    ["backend.weights.blue=75", "backend.weights.green=25"],
    ["frontend.weights.blue=0", "frontend.weights.green=100", "frontend.enabled=true"],
  ]);
});

test("rolls back a change of weights that an unreachable API server cut short, and retries", async () => {
  const stderr = "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress";
  const calls = fixtureTools({ helm: [{ when: "upgrade", stderr, exitCode: 1, once: true }] });
  await openClusterSwitch("echo-backend", cluster).setWeights({ blue: 0, green: 100 });
  const commands = calls().flatMap(({ args }) => args.filter((word) => /^(upgrade|rollback)$/.test(word)));
  expect(commands).toEqual(["upgrade", "rollback", "upgrade"]);
});
