import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  PutImageScanningConfigurationCommand,
  DescribeRepositoriesCommand,
  RepositoryNotFoundException,
} from "@aws-sdk/client-ecr";
import { UserError } from "../lib/errors.ts";

const ECR_HOST = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/** Whether a registry is ECR: by its name, or because the environment sets an endpoint for AWS. */
export function usesEcr(registry: string, env: NodeJS.ProcessEnv): boolean {
  return ECR_HOST.test(registry) || Boolean(env.AWS_ENDPOINT_URL ?? env.AWS_ENDPOINT_URL_ECR);
}

/** The region in an ECR registry's name; undefined leaves it to AWS_REGION and the profile. */
export function regionOf(registry: string): string | undefined {
  return ECR_HOST.exec(registry)?.[1];
}

export type RepositoryOutcome = "created" | "recreated" | "scan on push turned on" | "unchanged";

export type Ecr = ReturnType<typeof createEcr>;

/** The API of ECR: repositories, and the token for `docker login`. */
export function createEcr(registry: string) {
  const region = regionOf(registry);
  const client = new ECRClient(region ? { region } : {});
  const find = async (name: string) => {
    try {
      const { repositories } = await client.send(
        new DescribeRepositoriesCommand({ repositoryNames: [name] }),
      );
      return repositories?.[0];
    } catch (error) {
      if (error instanceof RepositoryNotFoundException) return undefined;
      throw error;
    }
  };
  const create = (name: string) =>
    client.send(
      new CreateRepositoryCommand({
        repositoryName: name,
        imageScanningConfiguration: { scanOnPush: true },
      }),
    );
  const remove = (name: string) =>
    client.send(new DeleteRepositoryCommand({ repositoryName: name, force: true }));

  return {
    /** Makes the repository exist, scanned on push. `recreate` deletes it with all its images first. */
    ensureRepository: (name: string, recreate: boolean): Promise<RepositoryOutcome> =>
      call(`prepare the repository ${name}`, async () => {
        const found = await find(name);
        if (found && recreate) await remove(name);
        if (!found || recreate) {
          await create(name);
          return found ? "recreated" : "created";
        }
        if (found.imageScanningConfiguration?.scanOnPush === true) return "unchanged";
        await client.send(
          new PutImageScanningConfigurationCommand({
            repositoryName: name,
            imageScanningConfiguration: { scanOnPush: true },
          }),
        );
        return "scan on push turned on";
      }),

    /** Deletes the repository with all its images. @returns false if it did not exist */
    deleteRepository: (name: string): Promise<boolean> =>
      call(`delete the repository ${name}`, async () => {
        if (!(await find(name))) return false;
        await remove(name);
        return true;
      }),

    /** User and password for `docker login`, valid for twelve hours. */
    credentials: () =>
      call("issue a login", async () => {
        const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
        const token = authorizationData?.[0]?.authorizationToken ?? "";
        const [, user, password] = /^([^:]+):(.+)$/.exec(Buffer.from(token, "base64").toString()) ?? [];
        if (!user || !password) throw new Error("the token is empty");
        return { user, password };
      }),
  };
}

async function call<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new UserError(
      `ECR could not ${what}: ${reason}\nCheck AWS_REGION and the credentials (aws sts get-caller-identity).`,
      { cause },
    );
  }
}
