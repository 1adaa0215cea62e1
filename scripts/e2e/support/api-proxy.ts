import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { cluster } from "./system.ts";

const Kubeconfig = v.looseObject({
  clusters: v.tuple([
    v.looseObject({
      cluster: v.looseObject({ server: v.string(), "tls-server-name": v.optional(v.string()) }),
    }),
  ]),
});

/** A way to the API server that can be cut, and a kubeconfig that takes it. The cluster itself goes on. */
export async function startApiProxy() {
  const text = await cluster.kubectl.run(["config", "view", "--raw", "--minify", "--flatten", "-o", "json"]);
  const config = v.parse(Kubeconfig, JSON.parse(text));
  const [entry] = config.clusters;
  const { hostname, port } = new URL(entry.cluster.server);
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).on("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port || 443), hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream).pipe(client);
  });
  const address = await listen(server, 0);

  const folder = await mkdtemp(join(tmpdir(), "echo-proxy-"));
  const kubeconfig = join(folder, "kubeconfig");
  entry.cluster["tls-server-name"] ??= hostname;
  entry.cluster.server = `https://127.0.0.1:${address}`;
  await writeFile(kubeconfig, JSON.stringify(config), { mode: 0o600 });

  const cut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    env: { KUBECONFIG: kubeconfig },
    /** Refuses connections and cuts those that there are, for `ms`. */
    away: async (ms: number) => {
      await cut();
      // The fault's own length: there is nothing to wait for.
      await new Promise((resolve) => setTimeout(resolve, ms));
      await listen(server, address);
    },
    stop: async () => {
      await cut();
      await rm(folder, { recursive: true });
    },
  };
}

export type ApiProxy = Awaited<ReturnType<typeof startApiProxy>>;

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
