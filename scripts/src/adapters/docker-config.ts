import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { hostOf } from "../domain/host.ts";
import { UserError } from "../lib/errors.ts";
import { withTemporaryFolder } from "../lib/temporary-folder.ts";

const FILE = "config.json";
const Config = v.looseObject({
  auths: v.optional(v.record(v.string(), v.looseObject({ auth: v.optional(v.string()) })), {}),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.record(v.string(), v.string()), {}),
});

/**
 * Runs `work` with a copy of the user's docker configuration: logins, contexts, plugins, builders. A login to `registry`
 * goes into the copy, which is removed afterwards, also after a failure or an interruption.
 */
export async function withDockerConfig<T>(
  registry: string,
  env: NodeJS.ProcessEnv,
  work: (config: DockerConfig) => Promise<T>,
): Promise<T> {
  const own = env.DOCKER_CONFIG || join(homedir(), ".docker");
  return withTemporaryFolder((folder) => {
    copyConfig(own, folder, hostOf(registry));
    // buildx writes its state even after docker has ended, and would create the folder again.
    return work({ DOCKER_CONFIG: folder, BUILDX_CONFIG: env.BUILDX_CONFIG || join(own, "buildx") });
  });
}

/** The variables that point docker and its plugins at a configuration. */
export interface DockerConfig {
  DOCKER_CONFIG: string;
  BUILDX_CONFIG: string;
}

function copyConfig(from: string, to: string, host: string): void {
  const config = readConfig(join(from, FILE));
  // Without a credential helper for this host, docker writes the login to this file, not to the user's keychain.
  const credHelpers = { ...config.credHelpers, [host]: "" };
  writeFileSync(join(to, FILE), JSON.stringify({ ...config, credHelpers }), { mode: 0o600 });
  const others = existsSync(from) ? readdirSync(from).filter((name) => name !== FILE) : [];
  for (const name of others) symlinkSync(join(from, name), join(to, name));
}

/** Docker's configuration, which helm has too; an empty one if there is no such file. @throws {UserError} if it is invalid */
export function readConfig(file: string): v.InferOutput<typeof Config> {
  try {
    return v.parse(Config, JSON.parse(existsSync(file) ? readFileSync(file, "utf8") : "{}"));
  } catch (cause) {
    throw new UserError(
      `Invalid docker configuration ${file}: expected JSON. Correct it, or point DOCKER_CONFIG at another folder.`,
      { cause },
    );
  }
}
