import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { expect, test } from "vitest";
import { CHARTS, describeWithHelm, only, REQUIRED, type Values } from "./support/helm.ts";

const TEMPLATE = ["template", `${CHARTS}echo-frontend`, "--values", "-"];

describeWithHelm("echo-frontend", (helm) => {
  const render = (values: Values = {}) => helm.render("echo-frontend", { ...REQUIRED, ...values });
  const text = (values: Values) => helm.run(TEMPLATE, JSON.stringify({ ...REQUIRED, ...values }));
  const environment = async (values: Values = {}) =>
    only(await render(values), Deployment.is).spec?.template.spec?.containers[0]?.env;

  test("the autoscaler sets the number of pods, 3 to 30 at 50 % CPU, and the Deployment does not", async () => {
    const objects = await render({ autoscaling: { enabled: true } });
    expect(only(objects, HorizontalPodAutoscaler.is).spec).toMatchObject({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "echo-frontend-blue" },
      minReplicas: 3,
      maxReplicas: 30,
      metrics: [{ resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
    });
    expect(only(objects, Deployment.is).spec).not.toHaveProperty("replicas");
    expect(only(objects, HorizontalPodAutoscaler.is).spec).not.toHaveProperty("behavior");
  });

  test("the autoscaler gets the scaling behavior of the values", async () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const objects = await render({ autoscaling: { enabled: true, behavior } });
    expect(only(objects, HorizontalPodAutoscaler.is).spec?.behavior).toEqual(behavior);
  });

  test("the Deployment sets the number of pods without an autoscaler", async () => {
    const objects = await render({ replicas: 4 });
    expect(objects.filter(HorizontalPodAutoscaler.is)).toEqual([]);
    expect(only(objects, Deployment.is).spec?.replicas).toBe(4);
  });

  test.each([
    { minReplicas: 1, budgets: 0 },
    { minReplicas: 2, budgets: 1 },
  ])(
    "has $budgets disruption budgets when the autoscaler keeps at least $minReplicas pods",
    async (given) => {
      const { minReplicas, budgets } = given;
      const objects = await render({
        replicas: 3 - minReplicas,
        autoscaling: { enabled: true, minReplicas },
      });
      expect(objects.filter(PodDisruptionBudget.is)).toHaveLength(budgets);
    },
  );

  test.each(["blue", "green"])("the ingress of %s shares the load balancer of its group", async (color) => {
    const ingress = only(await render({ color, ingress: { enabled: true } }), Ingress.is);
    expect(ingress).toMatchObject({
      metadata: {
        name: `echo-frontend-${color}`,
        annotations: {
          "alb.ingress.kubernetes.io/group.name": "echo",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
          "alb.ingress.kubernetes.io/target-type": "ip",
          "alb.ingress.kubernetes.io/healthcheck-port": "9090",
          "alb.ingress.kubernetes.io/healthcheck-path": "/readyz",
        },
      },
      spec: {
        ingressClassName: "alb",
        rules: [
          {
            http: {
              paths: [
                {
                  path: `/${color}/`,
                  pathType: "Prefix",
                  backend: { service: { name: `echo-frontend-${color}`, port: { name: "http" } } },
                },
              ],
            },
          },
        ],
      },
    });
  });

  test("has no ingress by default", async () => {
    expect((await render()).filter(Ingress.is)).toEqual([]);
  });

  test("the node's address comes from Kubernetes by default", async () => {
    expect(await environment()).toContainEqual({
      name: "NODE_IP",
      valueFrom: { fieldRef: { fieldPath: "status.hostIP" } },
    });
  });

  test("the node's address comes from EC2 metadata if its URL is set", async () => {
    const ec2MetadataUrl = "http://169.254.169.254";
    const variables = await environment({ ec2MetadataUrl });
    expect(variables).toContainEqual({ name: "EC2_METADATA_URL", value: ec2MetadataUrl });
    expect(variables?.map(({ name }) => name)).not.toContain("NODE_IP");
  });

  test("rejects an autoscaler whose minimum is above its maximum, and names both", async () => {
    await expect(render({ autoscaling: { enabled: true, maxReplicas: 1 } })).rejects.toThrow(
      "Invalid autoscaling.minReplicas 3: expected at most autoscaling.maxReplicas, which is 1.",
    );
  });

  test("rejects an autoscaler without a CPU request, whose target is a percentage of it", async () => {
    const autoscaling = { enabled: true };
    await expect(render({ autoscaling, resources: { requests: { cpu: null } } })).rejects.toThrow(
      "Missing resources.requests.cpu",
    );
    const limits = { cpu: "1" };
    await expect(
      render({ autoscaling, resources: { requests: { cpu: null }, limits } }),
    ).resolves.not.toEqual([]);
  });

  // In the text: to a parser, 1e+06 is the same number, but Kubernetes rejects it.
  test("keeps large numbers of pods in full", async () => {
    expect(await text({ replicas: 1_000_000 })).toMatch(/^ +replicas: 1000000$/m);
    const autoscaling = { enabled: true, minReplicas: 1_000_000, maxReplicas: 2_000_000 };
    expect(await text({ autoscaling })).toMatch(/^ +minReplicas: 1000000\n +maxReplicas: 2000000$/m);
  });
});
