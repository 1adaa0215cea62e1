import { readFileSync } from "node:fs";
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { Service } from "kubernetes-models/v1";
import { describe, expect, test } from "vitest";
import { CHARTS, describeWithHelm, only, REQUIRED, type Values, WORKLOADS } from "./support/helm.ts";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

describeWithHelm("a workload", (helm) => {
  describe.each(WORKLOADS)("of %s", (chart) => {
    const render = (values: Values = {}) => helm.render(chart, { ...REQUIRED, ...values });
    const deployment = async (values: Values = {}) => only(await render(values), Deployment.is);
    const pod = async (values: Values = {}) => (await deployment(values)).spec?.template.spec;
    const container = async (values: Values = {}) => (await pod(values))?.containers[0];

    test("carries the recommended labels and its colour", async () => {
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

    test("is selected by name and instance alone, which no release changes", async () => {
      const selector = { "app.kubernetes.io/name": chart, "app.kubernetes.io/instance": chart };
      const objects = await render({ replicas: 2 });
      expect(only(objects, Deployment.is).spec?.selector).toEqual({ matchLabels: selector });
      expect(only(objects, Service.is).spec?.selector).toEqual(selector);
      expect(only(objects, PodDisruptionBudget.is).spec?.selector).toEqual({ matchLabels: selector });
    });

    test("has a disruption budget from two replicas on", async () => {
      expect((await render({ replicas: 1 })).filter(PodDisruptionBudget.is)).toEqual([]);
      expect(only(await render({ replicas: 2 }), PodDisruptionBudget.is).spec).toMatchObject({
        maxUnavailable: 1,
      });
    });

    test("runs the image of the version's tag, pulled anew each time", async () => {
      expect(await container()).toMatchObject({
        image: `registry.example/team/${chart}:11.0`,
        imagePullPolicy: "Always",
      });
    });

    test("runs exactly the image of a digest", async () => {
      expect(await container({ digest: DIGEST })).toMatchObject({
        image: `registry.example/team/${chart}:11.0@${DIGEST}`,
        imagePullPolicy: "IfNotPresent",
      });
    });

    test("is probed on the admin port, which no Service shows", async () => {
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

    test("is replaced without a pod less", async () => {
      expect((await deployment()).spec?.strategy?.rollingUpdate).toEqual({ maxUnavailable: 0, maxSurge: 1 });
    });

    test.each([
      { drainMs: 5000, shutdownTimeoutMs: 20_000 },
      { drainMs: 60_500, shutdownTimeoutMs: 3_600_000 },
      { drainMs: 0, shutdownTimeoutMs: 1 },
    ])("is given longer to end than it takes: $drainMs ms and $shutdownTimeoutMs ms", async (times) => {
      const grace = (await pod(times))?.terminationGracePeriodSeconds ?? 0;
      expect(grace * 1000).toBeGreaterThanOrEqual(times.drainMs + times.shutdownTimeoutMs + 5000);
    });

    test("spreads over zones and nodes", async () => {
      const constraints = (await pod())?.topologySpreadConstraints ?? [];
      expect(constraints.map(({ topologyKey }) => topologyKey)).toEqual([
        "topology.kubernetes.io/zone",
        "kubernetes.io/hostname",
      ]);
    });

    test("has a limit of memory above its request, and none of CPU", async () => {
      expect((await container())?.resources?.limits).toEqual({ memory: expect.stringMatching(/^[23]00Mi$/) });
    });

    test("takes more environment variables and the registry's logins", async () => {
      const extraEnv = [{ name: "NODE_OPTIONS", value: "--trace-warnings" }];
      const imagePullSecrets = [{ name: "registry-login" }];
      expect(await pod({ extraEnv, imagePullSecrets })).toMatchObject({ imagePullSecrets });
      expect((await container({ extraEnv }))?.env).toContainEqual(extraEnv[0]);
    });
  });
});

// A chart must install from a clone with helm alone, so each has its own copy of what both need.
test.each([
  "_helpers.tpl",
  "poddisruptionbudget.yaml",
  "podmonitor.yaml",
  "service.yaml",
  "tests/answers.yaml",
])("both charts have the same %s, apart from the prefix of named templates", (name) => {
  const [backend, frontend] = WORKLOADS.map((chart) =>
    readFileSync(`${CHARTS}${chart}/templates/${name}`, "utf8").replaceAll(`"${chart}.`, '"chart.'),
  );
  expect(frontend).toBe(backend);
});
