import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openCluster } from "../../../src/adapters/cluster.ts";
import { openClusterSwitch } from "../../../src/traffic/place/cluster-switch.ts";
import { curlOutput } from "../../support/curl.ts";
import { type Answer, fixtureTools } from "../../support/tools.ts";

const cluster = openCluster({});
const held = () => Promise.resolve();
const STATUS = { when: "status", stdout: '{"version":1,"info":{"status":"deployed"}}' };
const VALUES = {
  mode: "gateway",
  backend: { weights: { blue: 75, green: 25 } },
  frontend: { enabled: false, weights: { blue: 100, green: 0 } },
  clusterDomain: "cluster.local",
};

test("reads the state from the release echo-traffic", async () => {
  fixtureTools({ helm: [STATUS, { when: "get values echo-traffic", stdout: JSON.stringify(VALUES) }] });
  expect(await openClusterSwitch("echo-backend", cluster).read()).toEqual({
    mode: "gateway",
    weights: { blue: 75, green: 25 },
    enabled: true,
  });
  expect(await openClusterSwitch("echo-frontend", cluster).read()).toMatchObject({ enabled: false });
});

test("has no state if echo-traffic is not installed", async () => {
  fixtureTools({ helm: [{ when: "status", stderr: "Error: release: not found", exitCode: 1 }] });
  await expect(openClusterSwitch("echo-backend", cluster).read()).rejects.toThrow(
    "Namespace demos has no stable name yet (helm release echo-traffic).",
  );
});

const GOOD = curlOutput('{"version":"12.0"}', { color: "green" });

/** Checks the path to green in mode gateway. */
async function checkPath(values: object, routes: object[] = []) {
  const calls = fixtureTools({
    helm: [
      STATUS,
      { when: "get values echo-traffic", stdout: JSON.stringify({ ...VALUES, ...values }) },
      { when: "get values", stdout: '{"version":"12.0"}' },
    ],
    kubectl: [
      { when: "get gateways", stdout: JSON.stringify({ items: routes }) },
      { when: "exec", stdout: GOOD },
    ],
  });
  const error = await openClusterSwitch("echo-backend", cluster)
    .checkPath("green")
    .catch((cause: unknown) => String(cause));
  return { error, calls: calls() };
}

test.each([
  ["in mode gateway", { preview: { enabled: true } }, true],
  ["in mode service", { mode: "service", preview: { enabled: true } }, false],
  ["if it is off", { preview: { enabled: false } }, false],
  ["of an older chart, which has none", {}, false],
])("checks the path to a colour through the preview %s: %j, %s", async (_when, values, expected) => {
  const { error, calls } = await checkPath(values);
  expect(error).toBeUndefined();
  const requests = calls.filter(({ args }) => args.includes("exec"));
  expect(requests.map(({ args }) => args.slice(-3))).toEqual(
    expected ? [["-H", "x-echo-preview: green", "http://echo-backend.demos.svc.cluster.local:80"]] : [],
  );
});

test("refuses a path on which another route has the host name", async () => {
  const rival = {
    kind: "HTTPRoute",
    metadata: { namespace: "demos", name: "copy" },
    spec: { hostnames: ["echo-backend"], parentRefs: [{ name: "echo-traffic" }], rules: [{}] },
    status: {},
  };
  expect((await checkPath({}, [rival])).error).toMatch(
    /^TargetError: HTTPRoute demos\/copy has the host name/,
  );
});

test("sets the weights of one service only", async () => {
  const calls = fixtureTools({ helm: [STATUS] });
  await openClusterSwitch("echo-backend", cluster).setWeights({ blue: 75, green: 25 }, held);
  await openClusterSwitch("echo-frontend", cluster).setWeights({ blue: 0, green: 100 }, held);
  const upgrades = calls().filter(({ args }) => args.includes("upgrade"));
  expect(upgrades.map(({ args }) => args.filter((word) => word.includes("=")))).toEqual([
    ["backend.weights.blue=75", "backend.weights.green=25"],
    ["frontend.weights.blue=0", "frontend.weights.green=100", "frontend.enabled=true"],
  ]);
});

test("rolls back a change of weights that an unreachable API server cut short, and retries", async () => {
  const stderr = "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress";
  const calls = fixtureTools({ helm: [STATUS, { when: "upgrade", stderr, exitCode: 1, once: true }] });
  await openClusterSwitch("echo-backend", cluster).setWeights({ blue: 0, green: 100 }, held);
  const commands = calls().flatMap(({ args }) => args.filter((word) => /^(upgrade|rollback)$/.test(word)));
  expect(commands).toEqual(["upgrade", "rollback", "upgrade"]);
});

const frontend = (name: string, backend: string, readyReplicas = 1) => ({
  metadata: { name },
  spec: { template: { spec: { containers: [{ env: [{ name: "BACKEND", value: backend }] }] } } },
  status: { readyReplicas },
});
const version = (release: string, value: string): Answer => ({
  when: `get values ${release}`,
  stdout: JSON.stringify({ version: value }),
});

/** The followers among these Deployments. */
async function findFollowers(items: unknown[], versions: { blue: string; green: string }, response = "") {
  fixtureTools({
    kubectl: [
      { when: "get deployments", stdout: JSON.stringify({ items }) },
      { when: "exec", stdout: response },
    ],
    helm: [
      STATUS,
      { when: "get values echo-traffic", stdout: JSON.stringify(VALUES) },
      version("echo-backend-blue", versions.blue),
      version("echo-backend-green", versions.green),
    ],
  });
  const output = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  onTestFinished(() => void vi.restoreAllMocks());
  const names = (
    await openClusterSwitch("echo-backend", cluster).followers(
      (text) => void process.stdout.write(`${text}\n`),
    )
  ).map(({ name }) => name);
  return { names, output };
}

describe("the frontends that a shift waits for", () => {
  test("are those whose pods have any form of the stable name, and are ready", async () => {
    const { names, output } = await findFollowers(
      [
        frontend("short", "http://echo-backend"),
        frontend("qualified", "http://echo-backend.demos:80/"),
        frontend("coupled", "http://echo-backend-blue"),
        frontend("none", "none"),
        frontend("down", "http://echo-backend", 0),
      ],
      { blue: "11.0", green: "12.0" },
    );
    expect(names).toEqual(["short", "qualified"]);
    expect(output).toHaveBeenCalledWith("down has no ready pods: this shift does not wait for it.\n");
  });

  const same = { blue: "11.0", green: "11.0" };
  const behind = [frontend("a", "http://echo-backend")];

  test("refuse a shift if both colours have the same version, and their responses do not name the colour", async () => {
    const refused = findFollowers(behind, same, '{"backend":"11.0","version":"2.0"}\n200 0.001 ');
    await expect(refused).rejects.toThrow(/^a does not show which colour responds[^]*No traffic was moved/);
    expect((await findFollowers([frontend("a", "none")], same)).names).toEqual([]);
  });

  test("may have backends of the same version if their responses name the colour", async () => {
    const found = await findFollowers(behind, same, '{"backend":"11.0","version":"2.0"}\n200 0.001 blue');
    expect(found.names).toEqual(["a"]);
  });
});
