import { PodMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { describe, expect, test } from "vitest";
import { describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

describeWithHelm("the pod monitor", (helm) => {
  describe.each(WORKLOADS)("of %s", (chart) => {
    const render = (podMonitor: Values) => helm.render(chart, { ...REQUIRED, podMonitor });

    test("scrapes the admin port of this release's pods", async () => {
      expect(only(await render({ enabled: true }), PodMonitor.is).spec).toEqual({
        selector: { matchLabels: { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": chart } },
        podMetricsEndpoints: [{ port: "admin", path: "/metrics", interval: "15s" }],
      });
    });

    test("has the interval and the labels of the values", async () => {
      const monitor = only(
        await render({ enabled: true, interval: "1m30s", labels: { release: "prometheus" } }),
        PodMonitor.is,
      );
      expect(monitor.metadata?.labels).toMatchObject({ app: `${chart}-blue`, release: "prometheus" });
      expect(monitor.spec.podMetricsEndpoints?.[0]?.interval).toBe("1m30s");
    });

    test("is disabled by default", async () => {
      expect((await render({})).filter(PodMonitor.is)).toEqual([]);
    });

    test("rejects an interval without a unit", async () => {
      await expect(render({ interval: "15" })).rejects.toThrow(/podMonitor.*interval/);
    });
  });
});
