import { isLoopback } from "../domain/host.ts";

/** What an ECR registry's name says of it. */
export interface EcrRegistry {
  /** The account that owns the repositories. Undefined: that of the credentials. */
  account?: string;
  /** Undefined leaves it to AWS_REGION and the profile. */
  region?: string;
  fips: boolean;
  dualStack: boolean;
  /** The path behind the host, with which each repository's name begins. Empty without a path. */
  path: string;
}

/**
 * The hosts of private registries, as https://docs.aws.amazon.com/general/latest/gr/ecr.html lists them: `dkr.ecr` with the
 * domain of each partition, and `dkr-ecr` with its domain for IPv4 and IPv6.
 */
const PARTITIONS = [
  String.raw`amazonaws\.(?:com(?:\.cn)?|eu)`,
  String.raw`c2s\.ic\.gov`,
  String.raw`sc2s\.sgov\.gov`,
  String.raw`cloud\.adc-e\.uk`,
  String.raw`csp\.hci\.ic\.gov`,
].join("|");
const DUAL_STACK = String.raw`on\.(?:aws|amazonwebservices\.(?:com\.cn|eu))`;
const HOST = new RegExp(
  String.raw`^(\d{12})\.dkr(?:\.ecr(-fips)?\.([a-z0-9-]+)\.(?:${PARTITIONS})|(-ecr)(-fips)?\.([a-z0-9-]+)\.${DUAL_STACK})(?::443)?$`,
);

/** The ECR that a registry is: by its name, or on the loopback if the environment sets an endpoint for AWS. Else undefined. */
export function ecrOf(registry: string, env: NodeJS.ProcessEnv): EcrRegistry | undefined {
  const [host = "", ...names] = registry.split("/");
  const path = names.join("/");
  const [, account, fips, region, dual, dualFips, dualRegion] = HOST.exec(host) ?? [];
  if (account !== undefined)
    return {
      account,
      region: region ?? dualRegion ?? "",
      fips: (fips ?? dualFips) !== undefined,
      dualStack: dual !== undefined,
      path,
    };
  const emulated = Boolean(env.AWS_ENDPOINT_URL_ECR || env.AWS_ENDPOINT_URL) && isLoopback(host);
  return emulated ? { fips: false, dualStack: false, path } : undefined;
}

/** The repository of a service in a registry. */
export function repositoryOf({ path }: EcrRegistry, service: string): string {
  return path === "" ? service : `${path}/${service}`;
}
