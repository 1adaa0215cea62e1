import { openCluster } from "../../src/adapters/cluster.ts";
import { serviceUrl } from "../../src/domain/workload.ts";

/** The tests' own namespace: a learner's `demos` stays as it is. Tests that run at the same time set another one. */
export const { E2E_NAMESPACE: NAMESPACE = "echo-e2e" } = process.env;

export const cluster = openCluster({ namespace: NAMESPACE });
export const registry = process.env.EKS_ECR_REGISTRY ?? "";

/** The URL of a Service in the tests' namespace. */
export function url(service: string): string {
  return serviceUrl(service, NAMESPACE);
}

/** Bodies of `count` requests from the jumpbox over one connection. */
export async function curl(target: string, count = 1): Promise<string[]> {
  const output = await cluster.jumpbox.exec(["curl", "-sS", "--max-time", "120", `${target}/?[1-${count}]`]);
  return output.split("\n");
}
