import { createRegistry, type PublishedImage } from "../adapters/registry.ts";
import { findLogin } from "../adapters/registry-login.ts";
import { hostOf } from "../domain/host.ts";
import type { Workload } from "../domain/workload.ts";
import type { Context } from "../lib/context.ts";
import { UserError } from "../lib/errors.ts";
import type { Check } from "../lib/preflight.ts";
import { imageOf } from "./plan.ts";

/** So many tags are in an error at most. */
const SHOWN_TAGS = 10;
/** What cosign adds to a repository for the image with this digest. */
const SIGNATURE = /^sha256-/;

/** Whether a registry has the image of each workload. It adds each image that it finds to `found`, by its name. */
export async function checkPublished(
  registry: string,
  workloads: readonly Workload[],
  found: Map<string, PublishedImage>,
  context: Context,
): Check {
  const missing: string[] = [];
  try {
    const client = createRegistry(registry, { ...context, login: await findLogin(registry, context) });
    for (const workload of workloads) {
      const { service, version } = workload;
      const image = await client.image(service, version);
      if (image) found.set(imageOf(registry, workload), image);
      else
        missing.push(`${registry}/${service} has no version ${version}: ${list(await client.tags(service))}`);
    }
  } catch (error) {
    if (!(error instanceof UserError) || context.signal.aborted) throw error;
    const login = `If its images are private, log in: helm registry login ${hostOf(registry)}`;
    return { problem: error.message, remedy: `Check the name and the network. ${login}` };
  }
  if (missing.length === 0) return undefined;
  return { problem: missing.join("; "), remedy: "Publish the images first: docs/without-docker.md" };
}

function list(tags: readonly string[]): string {
  const versions = tags
    .filter((tag) => !SIGNATURE.test(tag))
    .toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return versions.length === 0 ? "it has none" : `it has ${versions.slice(-SHOWN_TAGS).join(", ")}`;
}
