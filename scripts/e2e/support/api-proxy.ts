import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { listen } from "./listen.ts";
import { cluster } from "./system.ts";

const Kubeconfig = v.looseObject({
  clusters: v.tuple([
    v.looseObject({
      cluster: v.looseObject({ server: v.string(), "tls-server-name": v.optional(v.string()) }),
    }),
  ]),
});

/** Starts a proxy to the API server that a test can cut, and writes a kubeconfig that leads through it. */
export async function startApiProxy() {
  const text = await cluster.kubectl.run(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]);
  const config = v.parse(Kubeconfig, JSON.parse(text));
  const [entry] = config.clusters;
  const apiServer = new URL(entry.cluster.server);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(apiServer.port || 443), apiServer.hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(server);

  const folder = await mkdtemp(join(tmpdir(), "echo-proxy-"));
  const kubeconfig = join(folder, "kubeconfig");
  entry.cluster["tls-server-name"] ??= apiServer.hostname;
  entry.cluster.server = `https://127.0.0.1:${port}`;
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });

  const cut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    env: { KUBECONFIG: kubeconfig },
    /** Cuts all connections and refuses new ones, for `ms`. */
    away: async (ms: number) => {
      await cut();
      // The length of the fault, not a wait for a condition.
      await new Promise((resolve) => setTimeout(resolve, ms));
      await listen(server, port);
    },
    stop: async () => {
      await cut();
      await rm(folder, { recursive: true });
    },
  };
}

export type ApiProxy = Awaited<ReturnType<typeof startApiProxy>>;
