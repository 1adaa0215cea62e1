import * as v from "valibot";
import { CommandError, type CommandOptions, run } from "./command.ts";
import { hostOf } from "./docker-config.ts";
import { parseJson } from "./json.ts";

const DIGEST = /sha256:[0-9a-f]{64}/;

export interface ImageBuild {
  image: string;
  dockerfile: string;
  context: string;
  args: Readonly<Record<string, string>>;
}

export interface DockerOptions {
  /** Folder of its configuration; without, the user's own. */
  config?: string;
  /** Ends whatever it is doing. */
  signal?: AbortSignal;
}

export type Docker = ReturnType<typeof createDocker>;

/** The Docker engine, its BuildKit, and through it the registry. */
export function createDocker({ config, signal }: DockerOptions = {}) {
  const env = config === undefined ? {} : { DOCKER_CONFIG: config };
  const docker = (args: readonly string[], options: CommandOptions = {}) =>
    run("docker", args, { env, signal, ...options });

  return {
    /** @throws {CommandError} when there is no docker, or no engine behind it */
    engineVersion: () => docker(["version", "--format", "{{.Server.Version}}"], { timeout: 15_000 }),

    buildxVersion: () => docker(["buildx", "version"], { timeout: 15_000 }),

    login: (registry: string, user: string, password: string) =>
      docker(["login", "--username", user, "--password-stdin", hostOf(registry)], { input: password }),

    /** Builds for the engine's own platform. */
    async build({ image, dockerfile, context, args }: ImageBuild): Promise<void> {
      const buildArgs = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
      await docker([
        ...["buildx", "build", "--load", "--progress", "plain", "--provenance=false"],
        ...["--file", dockerfile, "--tag", image],
        ...buildArgs,
        context,
      ]);
    },

    /** What the image starts. */
    async entrypoint(image: string): Promise<string[]> {
      const format = ["--format", "{{json .Config.Entrypoint}}"];
      const output = await docker(["image", "inspect", ...format, image]);
      return parseJson("docker image inspect", v.array(v.string()), output);
    },

    /** Size of the image, compressed as a registry keeps it. */
    async compressedBytes(image: string): Promise<number> {
      const pipeline = 'docker save "$1" | gzip | wc -c';
      return Number(await run("bash", ["-o", "pipefail", "-c", pipeline, "bash", image], { env }));
    },

    /** Runs a command in an image, as a pod does: on a read-only file system but for /tmp. Returns what it wrote. */
    runReadOnly(
      image: string,
      {
        command: [file = "", ...args],
        env: variables,
      }: { command: readonly string[]; env: Readonly<Record<string, string>> },
    ): Promise<string> {
      const options = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const flags = ["--rm", "--read-only", "--tmpfs", "/tmp", ...options];
      return docker(["run", ...flags, "--entrypoint", file, image, ...args]);
    },

    /** Pushes a tag and returns the digest that the registry now has for it. */
    async push(image: string): Promise<string> {
      const output = await docker(["push", image]);
      const digest = DIGEST.exec(output.slice(output.lastIndexOf("digest:")))?.[0];
      if (digest === undefined) throw new Error(`docker push ${image} named no digest:\n${output}`);
      return digest;
    },

    /** The digest that the registry has for a tag; undefined where it has none. */
    async remoteDigest(image: string): Promise<string | undefined> {
      try {
        const output = await docker([
          ...["buildx", "imagetools", "inspect", image],
          ...["--format", "{{json .Manifest}}"],
        ]);
        return parseJson("docker buildx imagetools", v.object({ digest: v.string() }), output).digest;
      } catch (error) {
        if (error instanceof CommandError && /not found|unknown/i.test(error.stderr)) return undefined;
        throw error;
      }
    },

    /** Writes a file out of an image to a file here. */
    async copyOut(image: string, path: string, to: string): Promise<void> {
      const container = await docker(["create", image]);
      try {
        await docker(["cp", `${container}:${path}`, to]);
      } finally {
        await docker(["rm", container], { signal: undefined });
      }
    },
  };
}
