import * as v from "valibot";
import { CommandError, run } from "./command.ts";
import { parseJson } from "./json.ts";

const DIGEST = /sha256:[0-9a-f]{64}/;

export interface ImageBuild {
  image: string;
  dockerfile: string;
  context: string;
  args: Readonly<Record<string, string>>;
}

/** The Docker engine, its BuildKit, and through it the registry. */
export const docker = {
  /** @throws {CommandError} when there is no docker, or no engine behind it */
  engineVersion: () => run("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 15_000 }),

  buildxVersion: () => run("docker", ["buildx", "version"], { timeout: 15_000 }),

  login: (registry: string, user: string, password: string) =>
    run("docker", ["login", "--username", user, "--password-stdin", registry], { input: password }),

  /** Builds for the engine's own platform. `onLine` is called with each line of progress. */
  async build({ image, dockerfile, context, args }: ImageBuild): Promise<void> {
    const buildArgs = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    await run("docker", [
      ...["buildx", "build", "--load", "--progress", "plain", "--provenance=false"],
      ...["--file", dockerfile, "--tag", image],
      ...buildArgs,
      context,
    ]);
  },

  /** What the image starts. */
  async entrypoint(image: string): Promise<string[]> {
    const output = await run("docker", [
      "image",
      "inspect",
      "--format",
      "{{json .Config.Entrypoint}}",
      image,
    ]);
    return parseJson("docker image inspect", v.array(v.string()), output);
  },

  /** Size of the image, compressed as a registry keeps it. */
  async compressedBytes(image: string): Promise<number> {
    const pipeline = 'docker save "$1" | gzip | wc -c';
    return Number(await run("bash", ["-o", "pipefail", "-c", pipeline, "bash", image]));
  },

  /** Runs a command in an image, as a pod does: on a read-only file system but for /tmp. Returns what it wrote. */
  runReadOnly(
    image: string,
    {
      command: [file = "", ...args],
      env,
    }: { command: readonly string[]; env: Readonly<Record<string, string>> },
  ): Promise<string> {
    const variables = Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const flags = ["--rm", "--read-only", "--tmpfs", "/tmp", ...variables];
    return run("docker", ["run", ...flags, "--entrypoint", file, image, ...args]);
  },

  /** Pushes a tag and returns the digest that the registry now has for it. */
  async push(image: string): Promise<string> {
    const output = await run("docker", ["push", image]);
    const digest = DIGEST.exec(output.slice(output.lastIndexOf("digest:")))?.[0];
    if (digest === undefined) throw new Error(`docker push ${image} named no digest:\n${output}`);
    return digest;
  },

  /** The digest that the registry has for a tag; undefined where it has none. */
  async remoteDigest(image: string): Promise<string | undefined> {
    try {
      const output = await run("docker", [
        ...["buildx", "imagetools", "inspect", image],
        ...["--format", "{{json .Manifest}}"],
      ]);
      return parseJson("docker buildx imagetools", v.object({ digest: v.string() }), output).digest;
    } catch (error) {
      if (error instanceof CommandError && /not found|unknown/i.test(error.stderr)) return undefined;
      throw error;
    }
  },
};
