import * as v from "valibot";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { TRAFFIC_RELEASE } from "../src/domain/workload.ts";
import { cli, helm, type Result } from "./support/commands.ts";
import { POLL } from "./support/limits.ts";
import { type LoadPod, startLoadPod } from "./support/load-pod.ts";
import { oldPodsGone, rolledOut } from "./support/pods.ts";
import { prepare } from "./support/state.ts";
import { cluster, NAMESPACE, url } from "./support/system.ts";
import {
  backendSwitch,
  changeMode,
  GATEWAY,
  GATEWAY_VALUES,
  underLoad,
  upgradeTraffic,
} from "./support/traffic.ts";

const { kubectl } = cluster;
const ADDRESS = ["--address", GATEWAY_VALUES.address];
const CLASS = ["--class-name", GATEWAY_VALUES.className];
let load: LoadPod;

beforeAll(async () => {
  await prepare("service");
  load = await startLoadPod([url("echo-frontend-blue"), url("echo-backend")]);
  return load.stop;
});

function toGateway(...args: string[]): Promise<Result> {
  return cli("shift", "mode", "gateway", ...args, "--timeout", "5s", "--yes");
}

/** The names of the Gateways and routes in the tests' namespace. */
async function gatewayObjects(): Promise<string[]> {
  const Named = v.object({ metadata: v.object({ name: v.string() }) });
  const kinds = "gateways.gateway.networking.k8s.io,httproutes.gateway.networking.k8s.io";
  const items = await kubectl.list(Named, [kinds, "-n", NAMESPACE]);
  return items.map(({ metadata }) => metadata.name);
}

test.each([
  [
    "a class that does not exist",
    ["--class-name", "nothing", ...ADDRESS],
    /Invalid GatewayClass "nothing": expected one of/,
  ],
  ["an address that does not resolve", [...CLASS, "--address", "nothing.invalid"], /Could not resolve host/],
  [
    "an address of another Service",
    [...CLASS, "--address", `echo-frontend-blue.${NAMESPACE}.svc.cluster.local`],
    /does not lead to the Gateway/,
  ],
])("mode gateway with %s is refused with the reason, and no request fails", async (_what, args, reason) => {
  const { failures, total } = await underLoad(load, async () => {
    const { exitCode, stderr } = await toGateway(...args);
    expect(stderr).toMatch(reason);
    expect(exitCode).toBe(1);
  });
  expect(failures).toEqual([]);
  expect(total).toBeGreaterThan(100);
  expect((await backendSwitch.read()).mode).toBe("service");
  expect(await gatewayObjects()).toEqual([]);
});

/** Creates an object of the Gateway API until the test ends. A cluster-wide one has no namespace. */
async function create(kind: string, name: string, spec: object, namespace?: string): Promise<void> {
  const metadata = { name, ...(namespace && { namespace }) };
  await kubectl.apply({ apiVersion: "gateway.networking.k8s.io/v1", kind, metadata, spec });
  const at = namespace ? ["-n", namespace] : [];
  onTestFinished(() => kubectl.run(["delete", kind.toLowerCase(), name, ...at]).then(() => undefined));
}

test("a class without a controller is refused before anything is created", async () => {
  await create("GatewayClass", "echo-orphan", { controllerName: "example.com/none" });
  const { exitCode, stderr } = await toGateway("--class-name", "echo-orphan", ...ADDRESS);
  expect(stderr).toContain(
    'Invalid GatewayClass "echo-orphan": its controller example.com/none has not accepted it.',
  );
  expect(exitCode).toBe(1);
  expect(await gatewayObjects()).toEqual([]);
});

test("another route for the stable name is refused before anything is created", async () => {
  const hostnames = [`echo-backend.${NAMESPACE}.svc.cluster.local`];
  const rules = [{ backendRefs: [{ name: "echo-backend-green", port: 80 }] }];
  await create(
    "HTTPRoute",
    "rival",
    { parentRefs: [{ name: TRAFFIC_RELEASE }], hostnames, rules },
    NAMESPACE,
  );
  const { exitCode, stderr } = await toGateway(...GATEWAY);
  expect(stderr).toContain(`HTTPRoute ${NAMESPACE}/rival has the host name ${hostnames[0]} too`);
  expect(exitCode).toBe(1);
  expect(await gatewayObjects()).toEqual(["rival"]);
});

test("a Gateway of another namespace that does not admit the route is refused, and no request fails", async () => {
  const parent = { name: "closed", namespace: "default" };
  const http = { name: "http", port: 80, protocol: "HTTP", allowedRoutes: { namespaces: { from: "Same" } } };
  const spec = { gatewayClassName: GATEWAY_VALUES.className, listeners: [http] };
  await create("Gateway", parent.name, spec, parent.namespace);
  onTestFinished(() => setParents([]));
  await setParents([parent]);
  const { failures } = await underLoad(load, async () => {
    const { exitCode, stderr } = await toGateway(...ADDRESS);
    expect(stderr).toContain("HTTPRoute echo-backend: Accepted is False, NotAllowedByListeners");
    expect(exitCode).toBe(1);
  });
  expect(failures).toEqual([]);
  expect((await backendSwitch.read()).mode).toBe("service");
  expect(await gatewayObjects()).toEqual([]);
});

/** Sets the Gateways to which the routes attach. */
async function setParents(parentRefs: object[]): Promise<void> {
  await upgradeTraffic(["--values", "-"], JSON.stringify({ gateway: { parentRefs } }));
}

/** Changes the port of the Gateway that a change of the mode creates. */
const setPort = (port: number) =>
  helm([
    "upgrade",
    TRAFFIC_RELEASE,
    chartPath(TRAFFIC_RELEASE),
    "--reuse-values",
    "--set",
    `gateway.port=${port}`,
  ]);

test("a port that the controller does not serve is refused with the controller's reason", async () => {
  onTestFinished(() => setPort(80).then(() => undefined));
  await setPort(81);
  const { exitCode, stderr } = await toGateway(...GATEWAY);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/Gateway echo-traffic: [^\n]*PortUnavailable/);
  expect(await gatewayObjects()).toEqual([]);
});

test("the way back to mode service fails no request of a frontend, and removes the Gateway", async () => {
  await changeMode("gateway");
  // Kubernetes does not update the endpoints of the stable name now: they are those of pods that are gone.
  await kubectl.run(["rollout", "restart", "deployment/echo-backend-blue", "-n", NAMESPACE]);
  await rolledOut("echo-backend-blue");
  await oldPodsGone("echo-backend-blue");
  await expect
    .poll(async () => (await underLoad(load, () => backendSwitch.sample(500))).failures, POLL)
    .toEqual([]);
  const { failures, total } = await underLoad(load, async () => {
    const { exitCode, stderr } = await cli("shift", "mode", "service", "--yes", "--drain", "15s");
    expect(exitCode, stderr).toBe(0);
  });
  expect(total).toBeGreaterThan(100);
  // These connections never leave the gateway by themselves: it responds until it has no route.
  const pinned = /echo-backend\.\S+ keep-alive connection: Error: 404/;
  expect(failures.filter((failure) => !pinned.test(failure))).toEqual([]);
  expect(await backendSwitch.read()).toMatchObject({ mode: "service", weights: { blue: 100, green: 0 } });
  expect(await gatewayObjects()).toEqual([]);
});
