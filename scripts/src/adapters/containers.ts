import * as v from "valibot";
import { parseJson, run, unlessFailedWith } from "./command.ts";

const Containers = v.tuple([
  v.object({
    State: v.object({ Running: v.boolean() }),
    NetworkSettings: v.object({ Networks: v.record(v.string(), v.unknown()) }),
  }),
]);

export interface Container {
  running: boolean;
  networks: readonly string[];
}

const NO_CONTAINER = /^Error(?: response from daemon)?: No such container: /m;

/** The containers of the Docker engine. */
export const containers = {
  /** A container by its name; undefined if it does not exist. */
  async find(name: string): Promise<Container | undefined> {
    const output = await unlessFailedWith(NO_CONTAINER, run("docker", ["container", "inspect", name]));
    if (output === undefined) return undefined;
    const [{ State, NetworkSettings }] = parseJson("docker container inspect", Containers, output);
    return { running: State.Running, networks: Object.keys(NetworkSettings.Networks) };
  },

  /** Runs an image in the background, also after a restart of the engine, with its port on this machine's loopback. */
  runService: ({ name, image, port }: { name: string; image: string; port: number }) => {
    const publish = ["--publish", `127.0.0.1:${port}:${port}`];
    return run("docker", ["run", "--detach", "--restart=always", "--name", name, ...publish, image]);
  },

  start: (name: string) => run("docker", ["start", name]),

  connect: (name: string, network: string) => run("docker", ["network", "connect", network, name]),

  /** Writes a file in a container. */
  writeFile: (name: string, file: string, content: string) => {
    const script = 'mkdir -p "$(dirname "$0")" && cat >"$0"';
    return run("docker", ["exec", "--interactive", name, "sh", "-c", script, file], { input: content });
  },

  /** Removes a container, also a running one, and its anonymous volumes. */
  remove: (name: string) => run("docker", ["rm", "--force", "--volumes", name]),
};
