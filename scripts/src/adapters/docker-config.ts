import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { UserError } from "../errors.ts";
import { withTemporaryFolder } from "../temporary-folder.ts";

const FILE = "config.json";
const Config = v.looseObject({ credHelpers: v.optional(v.record(v.string(), v.string()), {}) });

/**
 * Runs `work` with a docker configuration of its own, for a login to `registry` that nothing is left of afterwards: not
 * when it fails, nor when this process is told to end. All else in it is the user's: other logins, contexts, plugins,
 * builders.
 */
export async function withDockerConfig<T>(
  registry: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder((folder) => {
    copyConfig(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), folder, hostOf(registry));
    return work(folder);
  });
}

/** The part of a registry's name that a login is for. */
export function hostOf(registry: string): string {
  return registry.split("/", 1).join("");
}

function copyConfig(from: string, to: string, host: string): void {
  const config = readConfig(join(from, FILE));
  // No helper for this one host: its login goes into the file here, where the user's keychain would keep it.
  const credHelpers = { ...config.credHelpers, [host]: "" };
  writeFileSync(join(to, FILE), JSON.stringify({ ...config, credHelpers }), { mode: 0o600 });
  for (const name of list(from)) if (name !== FILE) symlinkSync(join(from, name), join(to, name));
}

function readConfig(file: string): v.InferOutput<typeof Config> {
  try {
    return v.parse(Config, JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    if (isMissing(cause)) return { credHelpers: {} };
    throw new UserError(
      `docker's configuration ${file} cannot be read: mend it, or point DOCKER_CONFIG at another`,
      {
        cause,
      },
    );
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
