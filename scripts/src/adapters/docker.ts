import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { hostOf } from "../domain/host.ts";
import { withTemporaryFolder } from "../lib/temporary-folder.ts";
import { type CommandOptions, parseJson, run, unlessFailedWith } from "./command.ts";
import type { DockerConfig } from "./docker-config.ts";

const DIGEST = /sha256:[0-9a-f]{64}/;
/** All that buildx writes, and not one line of more, if a registry does not have a tag. */
const NO_TAG = /^ERROR: (?:\S+\/\S+:\S+: )?not found$/;
/** What docker and buildx say if a registry fails, as it may if two users push the same tag at the same moment. */
const REGISTRY_FAILED = /unexpected (?:HTTP )?status\b.*: 500 Internal Server Error$/m;
const Manifest = v.object({ digest: v.string() });
/** The part of what buildx says of each target of a bake. */
const Baked = v.record(
  v.string(),
  v.looseObject({ "image.name": v.string(), "containerimage.digest": v.string() }),
);

export interface ImageBuild {
  image: string;
  dockerfile: string;
  context: string;
  args: Readonly<Record<string, string>>;
  /** Such as `linux/amd64`. Default: the engine's own. */
  platform?: string | undefined;
}

/** A bake: the images of all targets, for all platforms of each. */
export interface Bake {
  /** The definition. Later files override earlier ones. */
  files: readonly string[];
  /** What to build. Default: the definition's default. */
  targets?: readonly string[];
  /** The folder that paths in the files are relative to. */
  context: string;
  /** The variables of the definition. */
  variables: Readonly<Record<string, string>>;
}

export interface ImageRun {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
}

export interface DockerOptions {
  /** Where its configuration is. Default: the user's own. */
  config?: DockerConfig;
  /** Terminates the running command. */
  signal?: AbortSignal;
}

export type Docker = ReturnType<typeof createDocker>;

/** The Docker engine, its BuildKit, and the registries that they reach. */
export function createDocker({ config, signal }: DockerOptions = {}) {
  const env = { ...config };
  const docker = (args: readonly string[], options: CommandOptions = {}) =>
    run("docker", args, { env, signal, ...options });
  let inspected: Promise<string> | undefined;
  /** What buildx says of the builder. It starts the builder if that does not run. */
  const inspectBuilder = () => (inspected ??= docker(["buildx", "inspect", "--bootstrap"]));
  /** Repeats a push once. Docker itself repeats only the uploads of layers. */
  const push = async (args: readonly string[]): Promise<string> =>
    (await unlessFailedWith(REGISTRY_FAILED, docker(args))) ?? (await docker(args));

  return {
    /** @throws {CommandError} if docker is not installed or its engine does not run */
    engineVersion: () => docker(["version", "--format", "{{.Server.Version}}"], { timeout: 15_000 }),

    buildxVersion: () => docker(["buildx", "version"], { timeout: 15_000 }),

    login: (registry: string, user: string, password: string) =>
      docker(["login", "--username", user, "--password-stdin", hostOf(registry)], { input: password }),

    /** The platforms that the builder can produce, such as `linux/amd64`. It starts the builder if that does not run. */
    async builderPlatforms(): Promise<string[]> {
      const output = await inspectBuilder();
      // One line for each of its nodes. A star marks a platform that the user has chosen.
      const lines = Array.from(output.matchAll(/^Platforms:\s+(.*)$/gm), ([, line = ""]) => line);
      const platforms = lines.flatMap((line) => line.split(",")).map((text) => text.trim().replace("*", ""));
      return [...new Set(platforms.filter(Boolean))];
    },

    /** Whether the builder builds for several platforms at once. The engine's own does so only with containerd's images. */
    async buildsTogether(): Promise<boolean> {
      const isEngine = /^Driver:\s+docker$/m.test(await inspectBuilder());
      const store = isEngine ? await docker(["info", "--format", "{{json .DriverStatus}}"]) : "";
      return !isEngine || store.includes("io.containerd.snapshotter");
    },

    async build({ image, dockerfile, context, args, platform }: ImageBuild): Promise<void> {
      const buildArgs = Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
      const flags = ["--load", "--progress", "plain", "--provenance=false"];
      const build = ["buildx", "build", ...flags, "--file", dockerfile, "--tag", image];
      const target = platform === undefined ? [] : ["--platform", platform];
      await docker([...build, ...target, ...buildArgs, context]);
    },

    /**
     * Builds and pushes images for several platforms. An SBOM of each and the provenance of the build are parts of it.
     * @returns the digest of each image, by its name
     */
    bake: ({ files, targets = [], context, variables }: Bake): Promise<Map<string, string>> =>
      withTemporaryFolder(async (folder) => {
        const metadata = join(folder, "metadata.json");
        const flags = ["--push", "--progress", "plain", "--sbom=true", "--provenance=mode=max"];
        const definition = files.flatMap((file) => ["--file", file]);
        const options = [...definition, ...flags, "--metadata-file", metadata];
        await docker(["buildx", "bake", ...options, ...targets], {
          cwd: context,
          env: { ...env, ...variables },
        });
        const baked = parseJson("docker buildx bake", Baked, await readFile(metadata, "utf8"));
        return new Map(
          Object.values(baked).map((each) => [each["image.name"], each["containerimage.digest"]]),
        );
      }),

    /** The command that the image runs. */
    async entrypoint(image: string): Promise<string[]> {
      const output = await docker(["image", "inspect", "--format", "{{json .Config.Entrypoint}}", image]);
      return parseJson("docker image inspect", v.array(v.string()), output);
    },

    /** The size of the image in bytes, compressed as in a registry. */
    async compressedBytes(image: string): Promise<number> {
      const pipeline = 'docker save "$1" | gzip | wc -c';
      return Number(await run("bash", ["-o", "pipefail", "-c", pipeline, "bash", image], { env }));
    },

    /** Runs a command in an image as a pod does: only /tmp is writable. @returns its stdout */
    runReadOnly(image: string, { command: [file = "", ...args], env: variables }: ImageRun) {
      const options = Object.entries(variables).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
      const flags = ["--rm", "--read-only", "--tmpfs", "/tmp", ...options];
      return docker(["run", ...flags, "--entrypoint", file, image, ...args]);
    },

    /** Pushes a tag. @returns the digest that the registry has for it now */
    async push(image: string): Promise<string> {
      const output = await push(["push", image]);
      const digest = DIGEST.exec(output.slice(output.lastIndexOf("digest:")))?.[0];
      if (digest === undefined)
        throw new Error(`Expected a digest in the output of docker push ${image}:\n${output}`);
      return digest;
    },

    /** Pushes a tag that names one image for each platform. @param images by digest, already pushed */
    async pushIndex(image: string, images: readonly string[]): Promise<void> {
      await push(["buildx", "imagetools", "create", "--tag", image, ...images]);
    },

    /** The digest that the registry has for a tag; undefined if the registry does not have the tag. */
    async remoteDigest(image: string): Promise<string | undefined> {
      const inspect = ["buildx", "imagetools", "inspect", image, "--format", "{{json .Manifest}}"];
      const output = await unlessFailedWith(NO_TAG, docker(inspect));
      return output === undefined
        ? undefined
        : parseJson("docker buildx imagetools", Manifest, output).digest;
    },

    /** Copies a file from an image to a file on this machine. */
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
