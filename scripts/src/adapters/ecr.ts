import { ECR, RepositoryNotFoundException } from "@aws-sdk/client-ecr";
import { UserError } from "../lib/errors.ts";

const ECR_HOST = /^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const SCAN = { scanOnPush: true };

/** Whether a registry is ECR: by its name, or because the environment sets an endpoint for AWS. */
export function usesEcr(registry: string, env: NodeJS.ProcessEnv): boolean {
  return ECR_HOST.test(registry) || Boolean(env.AWS_ENDPOINT_URL ?? env.AWS_ENDPOINT_URL_ECR);
}

/** The region in an ECR registry's name; undefined leaves it to AWS_REGION and the profile. */
export function regionOf(registry: string): string | undefined {
  return ECR_HOST.exec(registry)?.[1];
}

/** The API of ECR: repositories, and the token for `docker login`. */
export function createEcr(registry: string) {
  const region = regionOf(registry);
  const client = new ECR(region ? { region } : {});
  const find = async (name: string) => {
    try {
      return (await client.describeRepositories({ repositoryNames: [name] })).repositories?.[0];
    } catch (error) {
      if (error instanceof RepositoryNotFoundException) return undefined;
      throw error;
    }
  };

  return {
    /** Makes the repository exist, scanned on push. `recreate` deletes it with all its images first. */
    ensureRepository: (repositoryName: string, recreate: boolean) =>
      call(`prepare the repository ${repositoryName}`, async () => {
        const found = await find(repositoryName);
        if (found && recreate) await client.deleteRepository({ repositoryName, force: true });
        if (!found || recreate) {
          await client.createRepository({ repositoryName, imageScanningConfiguration: SCAN });
          return found ? "recreated" : "created";
        }
        if (found.imageScanningConfiguration?.scanOnPush === true) return "unchanged";
        await client.putImageScanningConfiguration({ repositoryName, imageScanningConfiguration: SCAN });
        return "scan on push turned on";
      }),

    /** Deletes the repository with all its images. @returns false if it did not exist */
    deleteRepository: (repositoryName: string) =>
      call(`delete the repository ${repositoryName}`, async () => {
        if (!(await find(repositoryName))) return false;
        await client.deleteRepository({ repositoryName, force: true });
        return true;
      }),

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
