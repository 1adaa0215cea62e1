import { GATEWAYS, ROUTES } from "../domain/gateway-api.ts";
import { CHANGE, each, type Needs, together, WRITE_RELEASES } from "../domain/rights.ts";

const WORKLOADS = ["deployments.apps", "services", "poddisruptionbudgets.policy"];
const GATEWAY = [GATEWAYS, ROUTES];
/** What helm waits for. */
const FOLLOW_PODS = each(["replicasets.apps", "pods"], ["list", "watch"]);

/** A release replaces objects that were changed by hand, and explains a failure by the events. */
export const RELEASE_NEEDS: Needs = {
  rights: together(WRITE_RELEASES, FOLLOW_PODS, each(WORKLOADS, [...CHANGE, "update"]), { events: ["list"] }),
  usesJumpbox: true,
};

export const UNDEPLOY_NEEDS: Needs = {
  rights: together(WRITE_RELEASES, FOLLOW_PODS, each(WORKLOADS, ["get", "list", "watch", "delete"]), {
    ...each(GATEWAY, ["get", "list", "watch", "delete"]),
    "leases.coordination.k8s.io": ["get", "delete"],
    pods: ["get", "list", "watch", "delete"],
  }),
  usesJumpbox: false,
};
