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
const JUMPBOX = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "default" } },
  podSelector: { matchLabels: { run: "jumpbox" } },
};
const FRONTEND = { podSelector: { matchLabels: { "app.kubernetes.io/name": "echo-frontend" } } };
const GATEWAY = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "gateway" } } };

function policyOf(objects: unknown[]) {
  return only(objects, NetworkPolicy.is).spec;
}

describeWithHelm("the network policy", (helm) => {
  const render = (chart: (typeof WORKLOADS)[number], networkPolicy: Values) =>
    helm.render(chart, { ...REQUIRED, networkPolicy });

  test.each([
    { chart: "echo-backend", peers: [FRONTEND, HELM_TEST, JUMPBOX] },
    { chart: "echo-frontend", peers: [HELM_TEST, JUMPBOX] },
  ] as const)(
    "of $chart lets only its clients connect, and only to the echo port",
    async ({ chart, peers }) => {
      expect(policyOf(await render(chart, { enabled: true }))).toEqual({
        podSelector: {
          matchLabels: { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": chart },
        },
        policyTypes: ["Ingress"],
        ingress: [{ from: peers, ports: [{ port: "http" }] }],
      });
    },
  );

  describe.each(WORKLOADS)("of %s", (chart) => {
    test("lets the peers of allowFrom connect to both ports", async () => {
      const allowFrom: INetworkPolicyPeer[] = [GATEWAY, { ipBlock: { cidr: "10.0.0.0/16" } }];
      const { ingress } = policyOf(await render(chart, { enabled: true, allowFrom })) ?? {};
      expect(ingress?.[1]).toEqual({ from: allowFrom, ports: [{ port: "http" }, { port: "admin" }] });
      expect(ingress).toHaveLength(2);
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

  test.each([{ allowFrom: [{}] }, { allowFrom: [{ podSelektor: {} }] }, { allow: true }])(
    "rejects %j",
    async (networkPolicy) => {
      await expect(render("echo-backend", networkPolicy)).rejects.toThrow(/networkPolicy/);
    },
  );
});
