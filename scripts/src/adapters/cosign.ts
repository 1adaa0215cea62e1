import { CommandError, type CommandOptions, run } from "./command.ts";
import type { DockerOptions } from "./docker.ts";

/** Long enough to sign in with a browser, in ms. */
const TIMEOUT_MS = 120_000;

export interface CosignOptions extends DockerOptions {
  /** The key to sign with. Default: no key but the user's identity. */
  key?: string | undefined;
}

export type Cosign = ReturnType<typeof createCosign>;

/** cosign, which signs images in the registry. It uses docker's logins. */
export function createCosign({ config, key, signal }: CosignOptions = {}) {
  const env = { ...config };
  const by = key ? ["--key", key] : [];
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

    /** Signs an image, named by its digest. An existing signature is not added again. */
    sign: (image: string) => cosign(["sign", "--yes", ...by, image]),

    /** Attaches a signed CycloneDX SBOM to an image, in place of an earlier one. */
    attestSbom: (image: string, sbom: string) =>
      cosign(["attest", "--yes", ...by, "--replace", "--type", "cyclonedx", "--predicate", sbom, image]),
  };
}
