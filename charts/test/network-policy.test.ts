import { Deployment } from "kubernetes-models/apps/v1";
import { type INetworkPolicyPeer, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { Pod } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const HELM_TEST = {
  podSelector: {
    matchLabels: { "app.kubernetes.io/component": "test", "app.kubernetes.io/part-of": "echo" },
  },
};
const JUMPBOX = { podSelector: { matchLabels: { run: "jumpbox" } } };
const JUMPBOX_OF_DEFAULT = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
  ...JUMPBOX,
};
const FRONTEND = { podSelector: { matchLabels: { "app.kubernetes.io/name": "echo-frontend" } } };
const BACKEND = { podSelector: { matchLabels: { "app.kubernetes.io/name": "echo-backend" } } };
const DNS = {
  ports: [
    { port: 53, protocol: "UDP" },
    { port: 53, protocol: "TCP" },
  ],
};
const namespace = (name: string): INetworkPolicyPeer => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

function policyOf(objects: unknown[]) {
  return only(objects, NetworkPolicy.is).spec;
}

describeWithHelm("the network policy", (helm) => {
  const render = (chart: (typeof WORKLOADS)[number], networkPolicy: Values, values: Values = {}) =>
    helm.render(chart, { ...REQUIRED, ...values, networkPolicy });

  test.each([
    { chart: "echo-backend", peers: [FRONTEND, HELM_TEST, JUMPBOX, JUMPBOX_OF_DEFAULT], egress: [] },
    {
      chart: "echo-frontend",
      peers: [HELM_TEST, JUMPBOX, JUMPBOX_OF_DEFAULT],
      egress: [
        { to: [BACKEND], ports: [{ port: 8080 }] },
        { to: [expect.any(Object), expect.any(Object), expect.any(Object)] },
      ],
    },
  ] as const)(
    "of $chart lets only its clients connect, and only to the echo port",
    async ({ chart, peers, egress }) => {
      expect(policyOf(await render(chart, { enabled: true }))).toEqual({
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": chart },
        },
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: peers, ports: [{ port: "http" }] }],
        egress: [DNS, ...egress],
      });
    },
  );

  describe.each(WORKLOADS)("of %s", (chart) => {
    test("lets the peers of allowFrom connect to the echo port, and those of adminAllowFrom to the admin port", async () => {
      const allowFrom = [namespace("gateway"), { ipBlock: { cidr: "10.0.0.0/16" } }];
      const adminAllowFrom = [namespace("monitoring")];
      const values = { enabled: true, allowFrom, adminAllowFrom };
      const [echo, admin, ...others] = policyOf(await render(chart, values))?.ingress ?? [];
      expect(echo).toEqual({ from: expect.arrayContaining(allowFrom), ports: [{ port: "http" }] });
      expect(echo?.from).not.toContainEqual(adminAllowFrom[0]);
      expect(admin).toEqual({ from: adminAllowFrom, ports: [{ port: "admin" }] });
      expect(others).toEqual([]);
    });

    test("lets the pods connect to the peers of egressTo", async () => {
      const egressTo = [namespace("observability")];
      const { egress } = policyOf(await render(chart, { enabled: true, egressTo })) ?? {};
      expect(egress?.at(-1)).toEqual({ to: egressTo });
    });

    test("is disabled by default", async () => {
      expect((await render(chart, {})).filter(NetworkPolicy.is)).toEqual([]);
    });

    test("selects pods by labels that the charts set", async () => {
      const objects = await render(chart, {});
      expect(only(objects, Pod.is).metadata?.labels).toMatchObject(HELM_TEST.podSelector.matchLabels);
      expect(only(objects, Deployment.is).spec?.template.metadata?.labels).toHaveProperty(
        ["app.kubernetes.io/name"],
        chart,
      );
    });
  });

  test.each([
    { faults: "off", peers: [namespace("monitoring")] },
    { faults: "on", peers: [JUMPBOX, JUMPBOX_OF_DEFAULT, namespace("monitoring")] },
  ])("of echo-backend with faults=$faults admits $peers.length peers to the admin port", async (given) => {
    const policy = { enabled: true, adminAllowFrom: [namespace("monitoring")] };
    const { ingress } = policyOf(await render("echo-backend", policy, { faults: given.faults })) ?? {};
    expect(ingress?.slice(1)).toEqual([{ from: given.peers, ports: [{ port: "admin" }] }]);
  });

  test("of echo-backend admits only the jumpbox to the admin port if faults is on and no peer is named", async () => {
    const { ingress } = policyOf(await render("echo-backend", { enabled: true }, { faults: "on" })) ?? {};
    expect(ingress?.slice(1)).toEqual([{ from: [JUMPBOX, JUMPBOX_OF_DEFAULT], ports: [{ port: "admin" }] }]);
  });

  test("of echo-frontend lets the pods connect to the gateways that the values name", async () => {
    const gateways = [namespace("gateway")];
    const { egress } = policyOf(await render("echo-frontend", { enabled: true, gateways })) ?? {};
    expect(egress?.[2]).toEqual({ to: gateways });
    expect(policyOf(await render("echo-frontend", { enabled: true, gateways: [] }))?.egress).toHaveLength(2);
  });

  test.each([
    { allowFrom: [{}] },
    { allowFrom: [{ podSelektor: {} }] },
    { adminAllowFrom: {} },
    { egressTo: [{ to: [] }] },
    { gateways: [] },
    { allow: true },
  ])("of echo-backend rejects %j", async (networkPolicy) => {
    await expect(render("echo-backend", networkPolicy)).rejects.toThrow(/networkPolicy/);
  });
});
