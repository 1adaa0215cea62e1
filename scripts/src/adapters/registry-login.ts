import { writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { hostOf } from "../domain/host.ts";
import type { Context } from "../lib/context.ts";
import { withTemporaryFolder } from "../lib/temporary-folder.ts";
import { CommandError, parseJson, run } from "./command.ts";
import { readConfig } from "./docker-config.ts";
import { createEcr } from "./ecr.ts";
import { ecrOf } from "./ecr-host.ts";

export interface RegistryLogin {
  user: string;
  password: string;
}

/** The name of the Docker Hub's logins: https://docs.docker.com/reference/cli/docker/login/ */
const DOCKER_HUB = "https://index.docker.io/v1/";
const Credentials = v.object({ Username: v.string(), Secret: v.string() });

/**
 * The user's login to a registry: that of ECR, of `helm registry login`, or of `docker login`, also if docker is not installed.
 * Undefined if there is none: a public image needs none.
 */
export async function findLogin(
  registry: string,
  { env, signal }: Pick<Context, "env" | "signal">,
): Promise<RegistryLogin | undefined> {
  const ecr = ecrOf(registry, env);
  if (ecr) return createEcr(ecr, env).credentials();
  const host = hostOf(registry);
  const server = host === "docker.io" ? DOCKER_HUB : host;
  const helms = await helmsConfig(signal);
  const dockers = join(env.DOCKER_CONFIG || join(homedir(), ".docker"), "config.json");
  for (const file of [helms, dockers]) {
    const login = await loginIn(file, server, signal);
    if (login) return login;
  }
  return undefined;
}

/** Runs `work` with an environment in which helm has this login, until it ends. Without one, helm has the user's own logins. */
export function withHelmLogin<T>(
  registry: string,
  login: RegistryLogin | undefined,
  env: NodeJS.ProcessEnv,
  work: (env: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  if (!login) return work(env);
  return withTemporaryFolder((folder) => {
    const file = join(folder, "registry.json");
    const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64");
    writeFileSync(file, JSON.stringify({ auths: { [hostOf(registry)]: { auth } } }), { mode: 0o600 });
    return work({ ...env, HELM_REGISTRY_CONFIG: file });
  });
}

/** The file with helm's logins; "" without helm, whose absence the preflight reports. */
async function helmsConfig(signal: AbortSignal): Promise<string> {
  try {
    return await run("helm", ["env", "HELM_REGISTRY_CONFIG"], { signal });
  } catch (error) {
    if (error instanceof CommandError && error.missing) return "";
    throw error;
  }
}

/** The login to a server that docker's or helm's configuration has, or the program that it names for it. */
async function loginIn(
  file: string,
  server: string,
  signal: AbortSignal,
): Promise<RegistryLogin | undefined> {
  const { auths, credsStore, credHelpers } = readConfig(file);
  const helper = credHelpers[server] ?? credsStore;
  const stored = helper ? await askHelper(helper, server, signal) : undefined;
  if (stored) return stored;
  const text = Buffer.from(auths[server]?.auth ?? "", "base64").toString();
  const [, user, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  return user === undefined || password === undefined ? undefined : { user, password };
}

/** A helper that fails has no login, or was removed with docker. */
async function askHelper(
  name: string,
  server: string,
  signal: AbortSignal,
): Promise<RegistryLogin | undefined> {
  const helper = `docker-credential-${name}`;
  try {
    const output = await run(helper, ["get"], { input: server, signal, timeout: 15_000 });
    const { Username: user, Secret: password } = parseJson(helper, Credentials, output);
    return { user, password };
  } catch (error) {
    if (error instanceof CommandError && !error.interrupted) return undefined;
    throw error;
  }
}
