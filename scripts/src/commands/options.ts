import { Argument, type Command, Option } from "commander";
import { DEFAULT_NAMESPACE } from "../domain/workload.ts";
import { image, type Kind, namespace, parse, registry } from "../lib/arguments.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";

/** An option of a command, such as `--interval <time>`, and its default. */
export function option<T>(flags: string, description: string, kind: Kind<T>, fallback?: T): Option {
  const created = new Option(flags, description).default(fallback);
  if (kind.choices) created.choices(kind.choices);
  return created.argParser((text) => parse(created.long ?? flags, kind, text));
}

/** A positional argument, such as `[color]`, that an error calls by its noun. */
export function argument<T>(name: string, noun: string, description: string, kind: Kind<T>): Argument {
  const created = new Argument(name, description);
  if (kind.choices) created.choices(kind.choices);
  return created.argParser((text) => parse(noun, kind, text));
}

/** The options of `clusterCommand`. */
export const CLUSTER_OPTIONS: readonly string[] = ["namespace", "context", "jumpboxImage"];

/** A command that works on a cluster. */
export function clusterCommand(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .addOption(
      option(
        "-n, --namespace <name>",
        `namespace of the services and the jumpbox (default: ECHO_NAMESPACE, or ${DEFAULT_NAMESPACE})`,
        namespace,
      ),
    )
    .option("--context <name>", "context of the kubeconfig (default: the current one)")
    .addOption(
      option("--jumpbox-image <image>", "image of the jumpbox, with bash and curl (default: nginx)", image),
    );
}

/** Sets the namespace from `ECHO_NAMESPACE`, for a command without --namespace. @throws {UserError} if it is invalid */
export function readNamespace(command: Command, { env }: Context): void {
  const { ECHO_NAMESPACE: fromEnv } = env;
  if (!fromEnv) return;
  for (let each: Command | null = command; each; each = each.parent)
    if (each.getOptionValue("namespace") === undefined && each.options.some(isNamespace))
      each.setOptionValueWithSource("namespace", parse("ECHO_NAMESPACE", namespace, fromEnv), "env");
}

function isNamespace(each: Option): boolean {
  return each.attributeName() === "namespace";
}

export function registryOption(description: string): Option {
  return option("--registry <host>", `${description} (default: EKS_ECR_REGISTRY)`, registry);
}

/** The registry with images that are deployed as they are. */
export function fromOption(): Option {
  return option("--from <registry>", "deploy the images that this registry has, without a build", registry);
}

/** The registry of the option or of the environment; undefined if neither is set. @throws {UserError} if it is invalid */
export function registryOf(options: { registry?: string | undefined }, { env }: Context): string | undefined {
  const { EKS_ECR_REGISTRY: fromEnv } = env;
  return options.registry ?? (fromEnv ? parse("EKS_ECR_REGISTRY", registry, fromEnv) : undefined);
}

/** Rejects options that have no effect. @throws {UserError} if the user has given one of them */
export function rejectIdle(command: Command, idle: readonly string[], when: string): void {
  const found = command.options.find((each) => {
    const name = each.attributeName();
    return idle.includes(name) && command.getOptionValueSource(name) === "cli";
  });
  if (found) throw new UserError(`Invalid option ${found.long ?? found.flags}: it has no effect ${when}.`);
}
