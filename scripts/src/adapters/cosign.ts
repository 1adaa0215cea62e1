import { CommandError, type CommandOptions, run } from "./command.ts";

/** Signing may wait for a person's sign-in in a browser, in ms. */
const TIMEOUT_MS = 120_000;

export interface CosignOptions {
  /** Docker's configuration folder, whose logins cosign uses too; without, the user's own. */
  config?: string;
  signal?: AbortSignal;
}

export type Cosign = ReturnType<typeof createCosign>;

/** cosign, which signs images in the registry: with the key that COSIGN_KEY names, or without a key, by an identity. */
export function createCosign({ config, signal }: CosignOptions = {}) {
  const env = config === undefined ? {} : { DOCKER_CONFIG: config };
  const key = process.env.COSIGN_KEY ? ["--key", process.env.COSIGN_KEY] : [];
  const cosign = (args: readonly string[], options: CommandOptions = {}) =>
    run("cosign", args, { env, signal, timeout: TIMEOUT_MS, ...options });

  return {
    isInstalled: async (): Promise<boolean> => {
      try {
        await cosign(["version"], { timeout: 15_000 });
        return true;
      } catch (error) {
        if (error instanceof CommandError && error.missing) return false;
        throw error;
      }
    },

    /** Signs an image, named by its digest. A signature that is there already is not added again. */
    sign: (image: string) => cosign(["sign", "--yes", ...key, image]),

    /** Attaches a CycloneDX SBOM to an image, signed, in the place of the one before. */
    attestSbom: (image: string, sbom: string) =>
      cosign(["attest", "--yes", ...key, "--replace", "--type", "cyclonedx", "--predicate", sbom, image]),
  };
}
