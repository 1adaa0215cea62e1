import * as v from "valibot";
import { CommandError, run } from "./command.ts";
import { parseJson } from "./json.ts";

/** A container, as far as we need it. */
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

/** The containers of the Docker engine. */
export const containers = {
  /** A container by its name; undefined where there is none. */
  async find(name: string): Promise<Container | undefined> {
    try {
      const output = await run("docker", ["container", "inspect", name]);
      const [{ State, NetworkSettings }] = parseJson("docker container inspect", Containers, output);
      return { running: State.Running, networks: Object.keys(NetworkSettings.Networks) };
    } catch (error) {
      if (error instanceof CommandError && /no such container/i.test(error.stderr)) return undefined;
      throw error;
    }
  },

  /** Runs an image in the background, again after a restart of the engine; its port is this machine's, on the loopback. */
  runService: ({ name, image, port }: { name: string; image: string; port: number }) =>
    run("docker", [
      ...["run", "--detach", "--restart=always", "--name", name],
      ...["--publish", `127.0.0.1:${port}:${port}`, image],
    ]),

  start: (name: string) => run("docker", ["start", name]),

  connect: (name: string, network: string) => run("docker", ["network", "connect", network, name]),

  /** Writes a file inside a container. */
  writeFile: (name: string, file: string, content: string) => {
    const script = 'mkdir -p "$(dirname "$0")" && cat >"$0"';
    return run("docker", ["exec", "--interactive", name, "sh", "-c", script, file], { input: content });
  },

  /** Removes a container and its anonymous volumes, running or not. */
  remove: (name: string) => run("docker", ["rm", "--force", "--volumes", name]),
};
