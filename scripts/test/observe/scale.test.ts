import { describe, expect, test } from "vitest";
import { openCluster } from "../../src/adapters/cluster.ts";
import { describeCpu, describeReplicas, millicores, readScale } from "../../src/observe/scale.ts";
import { fixtureTool } from "../support/tools.ts";

const deployment = { kind: "Deployment", status: { replicas: 5, readyReplicas: 3 } };
const autoscaler = {
  kind: "HorizontalPodAutoscaler",
  spec: {
    minReplicas: 3,
    maxReplicas: 30,
    metrics: [{ type: "Resource", resource: { target: { averageUtilization: 50 } } }],
  },
  status: {
    desiredReplicas: 5,
    currentMetrics: [{ type: "Resource", resource: { current: { averageUtilization: 81 } } }],
  },
};
const usage = {
  items: [{ containers: [{ usage: { cpu: "250m" } }] }, { containers: [{ usage: { cpu: "361500001n" } }] }],
};

/** Reads the scale from a cluster with these objects and this response of the metrics API. */
function scaleOf(items: readonly object[], cpu: { stdout?: string; stderr?: string; exitCode?: number }) {
  fixtureTool("kubectl", [
    { when: "get deployments", stdout: JSON.stringify({ items }) },
    { when: "metrics.k8s.io", ...cpu },
  ]);
  return readScale("echo-frontend-blue", openCluster({}));
}

describe("the scale of a workload", () => {
  test("is its pods, their CPU, and the state of the autoscaler", async () => {
    const scale = await scaleOf([deployment, autoscaler], { stdout: JSON.stringify(usage) });
    expect(describeReplicas(scale)).toBe("3 of 5 pods ready, wanted 5 (3 to 30)");
    expect(describeCpu(scale)).toBe("CPU 612m, 81 % of the request (target 50 %)");
  });

  test("is known without an autoscaler", async () => {
    const scale = await scaleOf([deployment], { stdout: JSON.stringify(usage) });
    expect(describeReplicas(scale)).toBe("3 of 5 pods ready");
    expect(describeCpu(scale)).toBe("CPU 612m");
  });

  test("is known before any CPU is measured", async () => {
    const unmeasured = { ...autoscaler, status: { desiredReplicas: 0, currentMetrics: null } };
    const scale = await scaleOf([deployment, unmeasured], { stdout: '{"items":[]}' });
    expect(describeCpu(scale)).toBe("CPU not measured yet (target 50 %)");
  });

  test.each([
    "Error from server (NotFound): the server could not find the requested resource",
    "Error from server (ServiceUnavailable): the server is currently unable to handle the request",
  ])("is known if CPU is not measured: %s", async (stderr) => {
    expect((await scaleOf([deployment], { stderr, exitCode: 1 })).cpu).toBeUndefined();
  });

  test.each([
    "Error from server (Forbidden): pods.metrics.k8s.io is forbidden",
    "Unable to connect to the server: getting credentials: exec: executable aws not found",
  ])("is unknown if the cluster fails otherwise: %s", async (stderr) => {
    await expect(scaleOf([deployment], { stderr, exitCode: 1 })).rejects.toThrow(stderr);
  });

  test("needs a deployed workload", async () => {
    await expect(scaleOf([], { stdout: '{"items":[]}' })).rejects.toThrow(
      "echo-frontend-blue is not deployed in namespace demos. `pnpm release` deploys it.",
    );
  });
});

test.each([
  ["1234567n", 1.234567],
  ["1500u", 1.5],
  ["250m", 250],
  ["2", 2000],
])("%s of CPU is %d millicores", (quantity, expected) => {
  expect(millicores(quantity)).toBeCloseTo(expected, 9);
});
