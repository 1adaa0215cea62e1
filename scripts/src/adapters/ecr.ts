import { ECR, RepositoryAlreadyExistsException, RepositoryNotFoundException } from "@aws-sdk/client-ecr";
import { plainLine } from "../domain/plain-text.ts";
import { UserError } from "../lib/errors.ts";
import type { EcrRegistry } from "./ecr-host.ts";
import { proxyAgents } from "./proxy.ts";

const SCAN = { scanOnPush: true };

/** The API of ECR: repositories, and the token for `docker login`. It connects through the proxies of the environment. */
export function createEcr({ account, region, fips, dualStack }: EcrRegistry, env: NodeJS.ProcessEnv) {
  const requestHandler = proxyAgents(env);
  const client = new ECR({
    ...(region !== undefined && { region }),
    ...(fips && { useFipsEndpoint: true }),
    ...(dualStack && { useDualstackEndpoint: true }),
    requestHandler,
  });
  const owner = account === undefined ? {} : { registryId: account };
  const find = async (name: string) => {
    const described = client.describeRepositories({ ...owner, repositoryNames: [name] });
    return (await unless(RepositoryNotFoundException, described))?.repositories?.[0];
  };
  // Two students share a registry: the other one may have been faster.
  const create = (repositoryName: string) => {
    const created = client.createRepository({ ...owner, repositoryName, imageScanningConfiguration: SCAN });
    return unless(RepositoryAlreadyExistsException, created);
  };
  const remove = (repositoryName: string) =>
    unless(RepositoryNotFoundException, client.deleteRepository({ ...owner, repositoryName, force: true }));

  return {
    /** Makes the repository exist, scanned on push. `recreate` deletes it with all its images first. */
    ensureRepository: (repositoryName: string, recreate: boolean) =>
      call(`prepare the repository ${repositoryName}`, async () => {
        const found = await find(repositoryName);
        if (found && recreate) await remove(repositoryName);
        if (!found || recreate) {
          await create(repositoryName);
          return found ? "recreated" : "created";
        }
        if (found.imageScanningConfiguration?.scanOnPush === true) return "unchanged";
        await client.putImageScanningConfiguration({
          ...owner,
          repositoryName,
          imageScanningConfiguration: SCAN,
        });
        return "scan on push turned on";
      }),

    /** Those of some repositories that exist. */
    findRepositories: (names: readonly string[]): Promise<string[]> =>
      call(`find the repositories ${names.join(", ")}`, async () => {
        const found = await Promise.all(names.map(find));
        return names.filter((_, index) => found[index] !== undefined);
      }),

    /** Deletes a repository with all its images. One that is gone already counts as deleted. */
    deleteRepository: (repositoryName: string) =>
      call(`delete the repository ${repositoryName}`, () => remove(repositoryName)),

    /** User and password for `docker login`, valid for twelve hours. */
    credentials: () =>
      call("issue a login", async () => {
        const { authorizationData } = await client.getAuthorizationToken({});
        const token = authorizationData?.[0]?.authorizationToken ?? "";
        const [, user, password] = /^([^:]+):(.+)$/.exec(Buffer.from(token, "base64").toString()) ?? [];
        if (!user || !password) throw new Error("the token is empty");
        return { user, password };
      }),
  };
}

/** How Node reports a connection that failed: its own codes, and those of OpenSSL for certificates. */
const NETWORK_CODE =
  /^(?:ECONN|ENOTFOUND|ETIMEDOUT|EHOST|ENET|EPIPE|EPROTO|EAI_|ERR_(?:PROXY|TLS|SSL)_|CERT_|SELF_SIGNED|UNABLE_TO_|DEPTH_ZERO_)/;

/** The result of a call; undefined if it failed with this error. */
async function unless<T>(
  type: abstract new (...args: never[]) => Error,
  result: Promise<T>,
): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof type) return undefined;
    throw error;
  }
}

async function call<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { name, message, code } = plainError(cause);
    const reason = plainLine(`${name}: ${message || code}`);
    const hint =
      NETWORK_CODE.test(code) || name === "TimeoutError"
        ? "Check the network: does curl reach ECR? HTTPS_PROXY and NO_PROXY are used as by curl."
        : "Check AWS_REGION and the credentials (aws sts get-caller-identity).";
    throw new UserError(`ECR could not ${what}: ${reason}\n${hint}`, { cause });
  }
}

function plainError(cause: unknown): { name: string; message: string; code: string } {
  if (!(cause instanceof Error)) return { name: "Error", message: String(cause), code: "" };
  const { name, message } = cause;
  return { name, message, code: "code" in cause ? String(cause.code) : "" };
}
