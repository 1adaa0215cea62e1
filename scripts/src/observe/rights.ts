import { ROUTES } from "../domain/gateway-api.ts";
import { type Needs, READ_RELEASES, together } from "../domain/rights.ts";

const FIND_STABLE_NAME = { services: ["get"], [ROUTES]: ["get"] };

export const JUMPBOX_NEEDS: Needs = { rights: {}, usesJumpbox: true };
export const WATCH_NEEDS: Needs = { rights: FIND_STABLE_NAME, usesJumpbox: true };
export const LOAD_NEEDS: Needs = {
  rights: { "deployments.apps": ["list"], "horizontalpodautoscalers.autoscaling": ["list"] },
  usesJumpbox: true,
};
export const OPEN_NEEDS: Needs = {
  rights: { ...FIND_STABLE_NAME, pods: ["get", "list"], "pods/portforward": ["create"] },
  usesJumpbox: false,
};
export const STATUS_NEEDS: Needs = {
  rights: together(READ_RELEASES, { "deployments.apps": ["list"], services: ["list"] }),
  usesJumpbox: false,
};
