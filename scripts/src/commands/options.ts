import type { Command, Option } from "commander";
import { DEFAULT_NAMESPACE } from "../domain/workload.ts";
import { namespace, option, parse, registry } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";

/** A command that works on a cluster. */
export function clusterCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(
      option("-n, --namespace <name>", "namespace of the services", namespace).default(DEFAULT_NAMESPACE),
    )
    .option("--context <name>", "context of the kubeconfig (default: the current one)");
}

export function registryOption(description: string): Option {
  return option("--registry <host>", `${description} (default: EKS_ECR_REGISTRY)`, registry);
}

/** The registry of the option or of the environment; undefined if neither is set. @throws {UserError} if it is invalid */
export function registryOf(options: { registry?: string | undefined }, { env }: Context): string | undefined {
  const { EKS_ECR_REGISTRY } = env;
  return (
    options.registry ?? (EKS_ECR_REGISTRY ? parse("EKS_ECR_REGISTRY", registry, EKS_ECR_REGISTRY) : undefined)
  );
}
