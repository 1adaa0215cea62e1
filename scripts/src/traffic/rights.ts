import { GATEWAYS, ROUTES } from "../domain/gateway-api.ts";
import {
  CHANGE,
  each,
  type Needs,
  READ_RELEASES,
  type Rights,
  together,
  WRITE_RELEASES,
} from "../domain/rights.ts";

const LEASE = "leases.coordination.k8s.io";

/** A shift compares these before and after. */
const SNAPSHOT: Rights = each(
  [
    "pods",
    "deployments.apps",
    "replicasets.apps",
    "services",
    "ingresses.networking.k8s.io",
    "horizontalpodautoscalers.autoscaling",
    ROUTES,
  ],
  ["list"],
);

/** A colour's Deployment, its pods and its autoscaler. */
const READ_WORKLOADS: Rights = each(
  ["deployments.apps", "pods", "horizontalpodautoscalers.autoscaling"],
  ["list"],
);

const SHIFT: Rights = together(WRITE_RELEASES, SNAPSHOT, {
  services: ["get", "create", "patch", "delete"],
  [ROUTES]: ["get", "create", "patch", "delete"],
  [LEASE]: ["get", "create", "update"],
});

export const SHIFT_NEEDS: Needs = { rights: SHIFT, usesJumpbox: true };
export const HISTORY_NEEDS: Needs = { rights: { [LEASE]: ["get"] }, usesJumpbox: false };
export const STATUS_NEEDS: Needs = {
  rights: together(READ_RELEASES, READ_WORKLOADS, { [LEASE]: ["get"] }),
  usesJumpbox: true,
};
export const MODE_NEEDS: Needs = {
  rights: together(SHIFT, { [GATEWAYS]: CHANGE }),
  usesJumpbox: true,
};
export const PREVIEW_NEEDS: Needs = { rights: together(READ_RELEASES, READ_WORKLOADS), usesJumpbox: true };
/** For the teacher of a class. */
export const CLASS_NEEDS: Needs = {
  rights: each(["namespaces", "deployments.apps", "services", ROUTES, LEASE, "resourcequotas"], ["list"]),
  usesJumpbox: false,
  everywhere: true,
};
/** It reads the weights from the cluster, because a GitOps tool may keep no helm release. */
export const VERIFY_NEEDS: Needs = {
  rights: together(READ_RELEASES, SNAPSHOT, { services: ["get"], [ROUTES]: ["get"] }),
  usesJumpbox: true,
};
