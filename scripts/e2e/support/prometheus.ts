import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { stringify } from "yaml";
import { freePort } from "../../../services/kit/test/support/address.ts";
import { run } from "../../src/adapters/command.ts";
import type { Workload } from "../../src/domain/workload.ts";
import { eventually } from "./limits.ts";
import { listen } from "./listen.ts";
import { podMonitor, ruleFile, targetsOf } from "./pod-monitors.ts";

const ApiResponse = v.object({ status: v.literal("success"), data: v.unknown() });
const Vector = v.object({
  result: v.array(
    v.object({ metric: v.record(v.string(), v.string()), value: v.tuple([v.number(), v.string()]) }),
  ),
});
const Rule = v.object({ name: v.string(), type: v.string(), query: v.string(), health: v.string() });
const Rules = v.object({ groups: v.array(v.object({ rules: v.array(Rule) })) });

/** Serves the API server on the loopback with the kubeconfig's credentials, until `signal`. */
async function proxyApiServer(signal: AbortSignal) {
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const onLine = (line: string) => {
    const address = /127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (address !== undefined) resolve(`http://${address}`);
  };
  const ended = run("kubectl", ["proxy", "--port=0"], { onLine, signal });
  return { ended, url: await Promise.race([url, ended]) };
}

/** Serves the list of pods to Prometheus: Debian builds it without the Kubernetes discovery. */
async function discoverPods(workloads: readonly Workload[], apiServer: string) {
  const monitors = await Promise.all(workloads.map(podMonitor));
  const server = createServer((_request, response) => {
    Promise.all(monitors.map((monitor) => targetsOf(monitor, apiServer))).then(
      (targets) => response.setHeader("content-type", "application/json").end(JSON.stringify(targets.flat())),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  return { server, url: `http://127.0.0.1:${await listen(server)}/` };
}

async function writeConfig(folder: string, podsUrl: string): Promise<void> {
  const config = {
    global: { scrape_interval: "2s", evaluation_interval: "2s" },
    rule_files: ["rules.yaml"],
    scrape_configs: [{ job_name: "pods", http_sd_configs: [{ url: podsUrl, refresh_interval: "2s" }] }],
  };
  await writeFile(join(folder, "prometheus.yml"), stringify(config));
  await writeFile(join(folder, "rules.yaml"), await ruleFile());
}

export type Prometheus = Awaited<ReturnType<typeof startPrometheus>>;

/** Starts a real Prometheus on this machine, which scrapes the pods and evaluates the charts' rules. */
export async function startPrometheus(workloads: readonly Workload[]) {
  const end = new AbortController();
  const folder = await mkdtemp(join(tmpdir(), "echo-prometheus-"));
  const proxy = await proxyApiServer(end.signal);
  const pods = await discoverPods(workloads, proxy.url);
  await writeConfig(folder, pods.url);
  const address = `127.0.0.1:${await freePort()}`;
  const flags = [
    `--web.listen-address=${address}`,
    "--config.file=prometheus.yml",
    "--storage.tsdb.path=data",
    "--web.enable-lifecycle",
  ];
  const prometheus = run("prometheus", flags, { cwd: folder, signal: end.signal });
  const ended = Promise.allSettled([proxy.ended, prometheus]);

  const isReady = () =>
    fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  await Promise.race([eventually("Prometheus to be ready", isReady), prometheus]);

  const get = async (path: string, parameters: Record<string, string> = {}): Promise<unknown> => {
    const query = new URLSearchParams(parameters).toString();
    const text = await (await fetch(`http://${address}/api/v1/${path}?${query}`)).text();
    const response = v.safeParse(ApiResponse, JSON.parse(text));
    if (!response.success) throw new Error(`${parameters.query ?? path}: ${text}`);
    return response.output.data;
  };
  return {
    url: `http://${address}`,
    /** The current series of an expression, without those whose value is not a number. */
    query: async (query: string) => {
      const { result } = v.parse(Vector, await get("query", { query }));
      return result
        .map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }))
        .filter(({ value }) => Number.isFinite(value));
    },
    /** Loads the rules of the current weights, as the Prometheus operator does. */
    reloadRules: async () => {
      await writeFile(join(folder, "rules.yaml"), await ruleFile());
      const { ok } = await fetch(`http://${address}/-/reload`, { method: "POST" });
      if (!ok) throw new Error("Prometheus did not reload its rules.");
    },
    rules: async () => v.parse(Rules, await get("rules")).groups.flatMap(({ rules }) => rules),
    stop: async () => {
      end.abort();
      pods.server.close();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
