import * as v from "valibot";
import type { Cluster } from "../cluster/cluster.ts";
import { serviceUrl } from "../names.ts";
import { type Color, COLORS } from "../versions.ts";
import { answeredBackend } from "../watch/answered-backend.ts";
import type { Sample } from "./sample.ts";
import type { StableName } from "./stable-name.ts";

const FRONTEND = /^echo-frontend-/;
const Backend = v.object({ backend: v.string() });
const Version = v.object({ version: v.string() });

/** The frontends that ask a stable name, as their releases say. */
export async function frontendsOf(name: StableName, { helm }: Cluster): Promise<string[]> {
  const { host } = new URL(name.url);
  const releases = (await helm.list())
    .map((release) => release.name)
    .filter((release) => FRONTEND.test(release));
  const asking = await Promise.all(
    releases.map(async (release) => {
      const backend = (await helm.values(Backend, release))?.backend ?? "none";
      return URL.parse(backend)?.host === host ? [release] : [];
    }),
  );
  return asking.flat();
}

/** Samples what a frontend is answered by its backend: it follows a switch only as its own connections age. */
export async function openFrontend(release: string, name: StableName, { helm, jumpbox, namespace }: Cluster) {
  const versions = await Promise.all(
    COLORS.map(
      async (color) => [(await helm.values(Version, name.releases[color]))?.version, color] as const,
    ),
  );
  const colors = new Map<string | undefined, Color>(versions);
  const url = serviceUrl(release, namespace);
  return {
    sample: async (count: number, signal?: AbortSignal): Promise<Sample[]> => {
      const curl = ["curl", "-s", "--max-time", "5", "-w", "%{http_code}\n", `${url}/?[1-${count}]`];
      const output = await jumpbox.exec(["bash", "-c", '"$@" || :', "bash", ...curl], { signal });
      // A body, which ends with a new line, and the status after it.
      return Array.from(output.matchAll(/^(?:(\{.*\})\n)?(\d{3})$/gm), ([, body = "", status]) => ({
        status: Number(status),
        milliseconds: 0,
        color: colors.get(answeredBackend(body)),
      }));
    },
  };
}
