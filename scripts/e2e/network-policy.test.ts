import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chartPath } from "../src/lib/paths.ts";
import { COLORS } from "../src/domain/color.ts";
import { DEFAULT_WORKLOADS, workload } from "../src/domain/workload.ts";
import { ADDONS, addon } from "./support/addons.ts";
import { cli, helm, HELM_WAIT } from "./support/commands.ts";
import { eventually } from "./support/limits.ts";
import { podOf } from "./support/pods.ts";
import { addressOf, each, reach, startWaitingPod, type Targets, WAITING_PORT } from "./support/reach.ts";
import { FRONTEND, prepare } from "./support/state.ts";
import { cluster, curl, NAMESPACE, url } from "./support/system.ts";
import { ANY_LATENCY, changeMode, shiftTo, weights } from "./support/traffic.ts";

// Enforced network policies, in mode gateway. Envoy Gateway is the controller, because its proxy is a pod. Of a proxy on
// the node, and of the kubelet's probes, no policy stops a request.

const MONITORING = `${NAMESPACE}-monitoring`;
const { kubectl, jumpbox } = cluster;
const BACKENDS = COLORS.map((color) => workload("echo-backend", color));
const ECHO_PORT = 8080;
const ADMIN_PORT = 9090;

const namespace = (name: string) => ({ matchLabels: { "kubernetes.io/metadata.name": name } });
const POLICY = {
  enabled: true,
  allowFrom: [{ namespaceSelector: namespace("envoy-gateway-system") }],
  adminAllowFrom: [
    {
      namespaceSelector: namespace(MONITORING),
      podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
    },
  ],
  egressTo: [{ podSelector: { matchLabels: { app: "collector" } } }],
};

// The gate sets CLUSTER_ADDONS. Any other cluster must have both parts, and its own way to turn enforcement off.
describe.skipIf(ADDONS === undefined)("enforced network policies (need CLUSTER_ADDONS)", () => {
  /** The echo port and the admin port of one pod of each workload. */
  let echo: Targets;
  let admin: Targets;
  let frontend: string;
  let backend: string;
  let outside: Targets;

  beforeAll(async () => {
    await prepare();
    const parts = await addon("network-policy", "envoy-gateway");
    await kubectl.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: MONITORING } });
    await Promise.all([
      startWaitingPod("stranger", {}),
      startWaitingPod("collector", { app: "collector" }),
      startWaitingPod("stranger", {}, MONITORING),
      startWaitingPod("prometheus", { "app.kubernetes.io/name": "prometheus" }, MONITORING),
    ]);
    const { GATEWAY_CLASS = "", GATEWAY_ADDRESS = "" } = parts;
    await changeMode("gateway", ["--class-name", GATEWAY_CLASS, "--address", GATEWAY_ADDRESS]);

    const pods = await Promise.all(
      DEFAULT_WORKLOADS.map(async ({ name }) => [name, await podOf(name)] as const),
    );
    const addresses = await Promise.all(
      pods.map(async ([name, pod]) => [name, await addressOf(pod)] as const),
    );
    echo = Object.fromEntries(addresses.map(([name, address]) => [`${name} echo`, [address, ECHO_PORT]]));
    admin = Object.fromEntries(addresses.map(([name, address]) => [`${name} admin`, [address, ADMIN_PORT]]));
    frontend = await podOf(FRONTEND.name);
    backend = await podOf("echo-backend-blue");
    outside = {
      stranger: [await addressOf("stranger"), WAITING_PORT],
      "another namespace": [await addressOf("stranger", MONITORING), WAITING_PORT],
      "the API server": ["kubernetes.default", 443],
    };
  });

  afterAll(async () => {
    await Promise.all(DEFAULT_WORKLOADS.map(({ name }) => setPolicy(name, { enabled: false })));
    await addon("no-network-policy");
    await kubectl.run(["delete", "pod", "stranger", "collector", "-n", NAMESPACE, "--ignore-not-found"]);
    await kubectl.run(["delete", "namespace", MONITORING, "--ignore-not-found", "--wait"]);
    // No test needs its late clients.
    await changeMode("service", ["--drain", "0s"]);
  });

  // What is not possible in the tests below is due to the policy.
  test("every connection is possible without a policy", async () => {
    const inside = { ...echo, ...admin };
    expect(await reach("stranger", inside)).toEqual(each(inside, true));
    for (const pod of [frontend, backend]) expect(await reach(pod, outside)).toEqual(each(outside, true));
  });

  describe("with a policy in each release", () => {
    beforeAll(async () => {
      await Promise.all(DEFAULT_WORKLOADS.map(({ name }) => setPolicy(name, POLICY)));
      await eventually("enforced policies", async () => {
        const open = await Promise.all([
          reach("stranger", echo),
          reach(frontend, outside),
          reach(backend, outside),
        ]);
        return open.every((targets) => !Object.values(targets).includes(true)) || undefined;
      });
    });

    test.each([NAMESPACE, MONITORING])(
      "a pod in %s without a permission reaches neither port",
      async (from) => {
        expect(await reach("stranger", echo, from)).toEqual(each(echo, false));
        expect(await reach("stranger", admin, from)).toEqual(each(admin, false));
      },
    );

    test("Prometheus scrapes the admin port, and does not reach the echo port", async () => {
      expect(await reach("prometheus", admin, MONITORING)).toEqual(each(admin, true));
      expect(await reach("prometheus", echo, MONITORING)).toEqual(each(echo, false));
    });

    test("the jumpbox reaches the echo port, and not the admin port", async () => {
      for (const { name, version } of DEFAULT_WORKLOADS)
        expect(await curl(url(name))).toEqual([expect.stringContaining(`"version":"${version}"`)]);
      for (const [address] of Object.values(admin))
        expect(await jumpbox.request([`http://${address}:${ADMIN_PORT}/metrics`])).toMatchObject([
          { status: 0 },
        ]);
    });

    test.each(DEFAULT_WORKLOADS)("helm test of $name passes", async ({ name }) => {
      expect(await helm(["test", name])).toContain("Succeeded");
    });

    test("a shift moves the frontend's requests through Envoy Gateway", async () => {
      for (const { color, version } of BACKENDS.toReversed()) {
        await shiftTo(color);
        expect(await curl(url("echo-backend"))).toEqual([expect.stringContaining(`"version":"${version}"`)]);
        await eventually(`${color} behind the frontend`, async () => {
          const [body = ""] = await curl(url(FRONTEND.name));
          return body.includes(`"backend":"${version}"`) || undefined;
        });
      }
    });

    test("a canary and a preview go through Envoy Gateway", async () => {
      const { exitCode, stderr } = await cli("preview", "green");
      expect(exitCode, stderr).toBe(0);
      await shiftTo("green", "--steps", "50,100", "--interval", "1s", ...ANY_LATENCY);
      expect(await weights()).toEqual({ blue: 0, green: 100 });
    });

    test("a frontend reaches the backends, the gateway and the collector, and nothing else", async () => {
      const allowed: Targets = {
        ...Object.fromEntries(BACKENDS.map(({ name }) => [name, [name, 80] as const])),
        gateway: ["echo-backend", 80],
        collector: [await addressOf("collector"), WAITING_PORT],
      };
      expect(await reach(frontend, allowed)).toEqual(each(allowed, true));
      // A connection to itself stays inside the pod.
      const { [`${FRONTEND.name} admin`]: _own, ...others } = { ...admin, ...outside };
      expect(await reach(frontend, others)).toEqual(each(others, false));
    });

    test("a backend reaches the collector and nothing else", async () => {
      const collector: Targets = { collector: [await addressOf("collector"), WAITING_PORT] };
      expect(await reach(backend, collector)).toEqual(each(collector, true));
      const others: Targets = {
        ...outside,
        gateway: ["echo-backend", 80],
        green: ["echo-backend-green", 80],
      };
      expect(await reach(backend, others)).toEqual(each(others, false));
    });
  });
});

async function setPolicy(release: string, networkPolicy: object): Promise<void> {
  const chart = chartPath(release.replace(/-\w+$/, ""));
  const values = JSON.stringify({ networkPolicy });
  await helm(["upgrade", release, chart, "--reset-then-reuse-values", "--values", "-", ...HELM_WAIT], values);
}
