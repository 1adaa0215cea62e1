import * as v from "valibot";
import type { Cluster } from "../../adapters/cluster.ts";
import { createKubectl } from "../../adapters/kubectl.ts";
import { type ServiceName, SHIFT_EVENTS } from "../../domain/workload.ts";
import { UserError } from "../../lib/errors.ts";
import type { Announce } from "./place.ts";

const Service = v.object({ metadata: v.object({ uid: v.string() }) });
/** The API server rejects a longer message. */
const MAX_MESSAGE = 1024;

/** Writes Kubernetes Events on a stable Service: `kubectl describe service echo-backend` shows them for an hour. */
export function createAnnouncer(service: ServiceName, { namespace, context }: Cluster): Announce {
  const kubectl = createKubectl({ context, retryMs: 0 });
  let failed = false;
  return async ({ reason, message, warning = false }) => {
    if (failed) return;
    try {
      const found = await kubectl.find(Service, ["service", service, "-n", namespace]);
      const now = new Date().toISOString();
      await kubectl.create({
        apiVersion: "v1",
        kind: "Event",
        metadata: { generateName: `${service}-`, namespace },
        involvedObject: {
          apiVersion: "v1",
          kind: "Service",
          name: service,
          namespace,
          uid: found?.metadata.uid,
        },
        ...{ reason, message: message.slice(0, MAX_MESSAGE), type: warning ? "Warning" : "Normal" },
        ...{ source: { component: SHIFT_EVENTS }, firstTimestamp: now, lastTimestamp: now, count: 1 },
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed = true;
      process.stderr.write(`No Kubernetes Events of this shift: ${error.message}\n`);
    }
  };
}
