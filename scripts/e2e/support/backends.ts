import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { CommandError, run } from "../../src/adapters/command.ts";
import { chartPath } from "../../src/lib/paths.ts";
import { type Color, COLORS } from "../../src/domain/color.ts";
import { waitFor } from "../../src/lib/wait.ts";
import { cli, cluster, NAMESPACE } from "./system.ts";

const REPLICAS = 2;
const Pods = v.object({ items: v.array(v.object({ metadata: v.object({ name: v.string() }) })) });
const { kubectl } = cluster;

/** Changes values of a backend's release as an operator does, and waits. */
export async function setValues(color: Color, ...values: string[]): Promise<void> {
  await run("helm", [
    ...[
      "-n",
      NAMESPACE,
      "upgrade",
      `echo-backend-${color}`,
      chartPath("echo-backend"),
      "--reuse-values",
      "--wait",
    ],
    ...values.flatMap((value) => ["--set", value]),
  ]);
}

const Image = v.object({ digest: v.string() });

/** The digest of the image that a backend's release is pinned to. @throws {Error} where it is not released */
export async function digestOf(color: Color): Promise<string> {
  const values = await cluster.helm.values(Image, `echo-backend-${color}`);
  if (!values) throw new Error(`echo-backend-${color} is not released`);
  return values.digest;
}

/** Everything as `pnpm release` leaves it, and two pods of each backend, as whoever wants no request lost has. */
export async function releaseAll(): Promise<void> {
  const { exitCode, stderr } = await cli("release", "--yes");
  if (exitCode !== 0) throw new Error(stderr);
  for (const color of COLORS) await setValues(color, `replicas=${REPLICAS}`);
}

export async function podsOf(color: Color): Promise<string[]> {
  const { items } = await kubectl.get(Pods, ["pods", "-n", NAMESPACE, "-l", `app=echo-backend-${color}`]);
  return items.map(({ metadata }) => metadata.name);
}

/** Ends all pods of a colour at once, without a chance to drain, and lets none come back. */
export async function kill(color: Color): Promise<void> {
  await kubectl.run(["scale", `deployment/echo-backend-${color}`, "-n", NAMESPACE, "--replicas=0"]);
  const flags = ["--force", "--grace-period=0", "--ignore-not-found"];
  await kubectl.run(["delete", "pods", "-n", NAMESPACE, "-l", `app=echo-backend-${color}`, ...flags]);
}

export async function revive(color: Color): Promise<void> {
  await kubectl.run(["scale", `deployment/echo-backend-${color}`, "-n", NAMESPACE, `--replicas=${REPLICAS}`]);
  await rolledOut(color);
}

export async function rolledOut(color: Color): Promise<void> {
  await kubectl.run([
    "rollout",
    "status",
    `deployment/echo-backend-${color}`,
    "-n",
    NAMESPACE,
    "--timeout=180s",
  ]);
}

/** What a node's drain does to a pod: asks for its eviction, again and again while the disruption budget says no. */
export async function evict(pod: string): Promise<void> {
  const eviction = {
    apiVersion: "policy/v1",
    kind: "Eviction",
    metadata: { name: pod, namespace: NAMESPACE },
  };
  const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/eviction`;
  const evicted = await waitFor(
    async () => {
      try {
        await kubectl.run(["create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
        return true;
      } catch (error) {
        if (error instanceof CommandError && error.stderr.includes("disruption budget")) return undefined;
        throw error;
      }
    },
    { timeoutMs: 120_000 },
  );
  if (!evicted) throw new Error(`the disruption budget never let ${pod} go`);
}

/** Ends the process of a pod at once, as SIGKILL does (which a container's first process does not get from inside). */
export async function crash(pod: string): Promise<void> {
  const program = await readFile(new URL("crash-program.ts", import.meta.url), "utf8");
  try {
    await kubectl.exec(NAMESPACE, pod, [
      ...["/usr/local/bin/node", "--input-type=module-typescript", "--eval", program],
    ]);
  } catch (error) {
    // The command in the container ends with it.
    if (!(error instanceof CommandError)) throw error;
  }
  const restarted = await waitFor(async () => ((await restartsOf(pod)) > 0 ? true : undefined), {
    timeoutMs: 60_000,
  });
  if (!restarted) throw new Error(`${pod} did not crash`);
}

const Restarts = v.object({
  status: v.object({ containerStatuses: v.tuple([v.object({ restartCount: v.number() })]) }),
});

async function restartsOf(pod: string): Promise<number> {
  const { status } = await kubectl.get(Restarts, ["pod", pod, "-n", NAMESPACE]);
  return status.containerStatuses[0].restartCount;
}
