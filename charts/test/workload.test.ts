import { readFileSync } from "node:fs";
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Pod, Service } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { CHARTS, describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describeWithHelm("a workload", (helm) => {
  describe.each(WORKLOADS)("of %s", (chart) => {
    const render = (values: Values = {}) => helm.render(chart, { ...REQUIRED, ...values });
    const deployment = async (values: Values = {}) => only(await render(values), Deployment.is);
    const pod = async (values: Values = {}) => (await deployment(values)).spec?.template.spec;
    const container = async (values: Values = {}) => (await pod(values))?.containers[0];

    test("has the recommended labels and its colour", async () => {
      const labels = {
        app: `${chart}-blue`,
        color: "blue",
        "app.kubernetes.io/name": chart,
        "app.kubernetes.io/instance": chart,
        "app.kubernetes.io/component": chart.replace("echo-", ""),
        "app.kubernetes.io/part-of": "echo",
        "app.kubernetes.io/version": "11.0",
        "app.kubernetes.io/managed-by": "Helm",
      };
      const { metadata, spec } = await deployment();
      expect(metadata?.labels).toEqual(labels);
      expect(spec?.template.metadata?.labels).toEqual(labels);
    });

    test("is selected by name and instance only", async () => {
      const selector = { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": chart };
      const objects = await render({ replicas: 2 });
      expect(only(objects, Deployment.is).spec?.selector).toEqual({ matchLabels: selector });
      expect(only(objects, Service.is).spec?.selector).toEqual(selector);
      expect(only(objects, PodDisruptionBudget.is).spec?.selector).toEqual({ matchLabels: selector });
    });

    test("has a disruption budget with two or more replicas", async () => {
      expect((await render({ replicas: 1 })).filter(PodDisruptionBudget.is)).toEqual([]);
      expect(only(await render({ replicas: 2 }), PodDisruptionBudget.is).spec).toMatchObject({
        maxUnavailable: 1,
      });
    });

    test("always pulls the image of a tag", async () => {
      expect(await container()).toMatchObject({
        image: `registry.example/team/${chart}:11.0`,
        imagePullPolicy: "Always",
      });
    });

    test("pins the image if a digest is set", async () => {
      expect(await container({ digest: DIGEST })).toMatchObject({
        image: `registry.example/team/${chart}:11.0@${DIGEST}`,
        imagePullPolicy: "IfNotPresent",
      });
    });

    test("has probes on the admin port, which no Service exposes", async () => {
      const objects = await render();
      expect(only(objects, Deployment.is).spec?.template.spec?.containers[0]).toMatchObject({
        ports: [
          { name: "http", containerPort: 8080 },
          { name: "admin", containerPort: 9090 },
        ],
        startupProbe: { httpGet: { path: "/readyz", port: "admin" } },
        readinessProbe: { httpGet: { path: "/readyz", port: "admin" } },
        livenessProbe: { httpGet: { path: "/livez", port: "admin" } },
      });
      expect(only(objects, Service.is).spec?.ports).toEqual([{ name: "http", port: 80, targetPort: "http" }]);
    });

    test("keeps all pods available during a rollout", async () => {
      expect((await deployment()).spec?.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    });

    test.each([
      { drainMs: 5000, shutdownTimeoutMs: 20_000 },
      { drainMs: 60_500, shutdownTimeoutMs: 3_600_000 },
      { drainMs: 0, shutdownTimeoutMs: 1 },
    ])(
      "has a grace period longer than $drainMs ms of drain and $shutdownTimeoutMs ms of shutdown",
      async (times) => {
        const grace = (await pod(times))?.terminationGracePeriodSeconds ?? 0;
        expect(grace * 1000).toBeGreaterThanOrEqual(times.drainMs + times.shutdownTimeoutMs + 5000);
      },
    );

    test("spreads its pods over zones and nodes", async () => {
      const constraints = (await pod())?.topologySpreadConstraints ?? [];
      expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual([
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
      ]);
    });

    test("has a memory limit and no CPU limit", async () => {
      expect((await container())?.resources?.limits).toEqual({ memory: expect.stringMatching(/^[23]00Mi$/) });
    });

    test("has the extra environment variables of the values", async () => {
      const extraEnv = [{ name: "NODE_OPTIONS", value: "--trace-warnings" }];
      expect((await container({ extraEnv }))?.env).toContainEqual(extraEnv[0]);
    });

    test("pulls the images of the service and of helm test with the pull secrets", async () => {
      const imagePullSecrets = [{ name: "registry-login" }];
      const objects = await render({ imagePullSecrets });
      expect(only(objects, Deployment.is).spec?.template.spec).toMatchObject({ imagePullSecrets });
      expect(only(objects, Pod.is).spec).toMatchObject({ imagePullSecrets });
    });
  });
});

// A chart must install from a clone with helm alone, so each has its own copy of what both need.
test.each([
  "_env.tpl",
  "_helpers.tpl",
  "poddisruptionbudget.yaml",
  "podmonitor.yaml",
  "service.yaml",
  "tests/service.yaml",
])("both charts have the same %s, apart from their name", (name) => {
  const [backend, frontend] = WORKLOADS.map((chart) =>
    readFileSync(`${CHARTS}${chart}/templates/${name}`, "utf8").replaceAll(/backend|frontend/g, "service"),
  );
  expect(frontend).toBe(backend);
});
