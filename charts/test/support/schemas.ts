import { Gateway, HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1";
import { PodMonitor, PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import { Deployment } from "kubernetes-models/apps/v1";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Pod, Service } from "kubernetes-models/v1";

const MODELS = [
  ConfigMap,
  Deployment,
  Gateway,
  HorizontalPodAutoscaler,
  HTTPRoute,
  Ingress,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  PodMonitor,
  PrometheusRule,
  Service,
];

/** @throws {Error} if the object is invalid by Kubernetes' schema, or has an unknown field */
export function validate(object: unknown): void {
  const model = MODELS.find((candidate) => candidate.is(object));
  if (!model) throw new Error(`Missing schema for ${JSON.stringify(object)}`);
  const unread = new Set<string>();
  model.prototype.validate.call(watched(object, "", unread));
  if (unread.size > 0) throw new Error(`Unknown fields of ${model.kind}: ${[...unread].join(", ")}`);
}

/**
 * A copy of an object that adds all its fields to `unread` and removes a field when it is read. The schemas allow unknown
 * fields, but their validators read all known ones: a field that stays unread is unknown.
 */
function watched(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copy: object = Array.isArray(value) ? [] : {};
  for (const [key, child] of Object.entries(value)) {
    unread.add(`${path}.${key}`);
    Reflect.set(copy, key, watched(child, `${path}.${key}`, unread));
  }
  return new Proxy(copy, {
    get(target, key): unknown {
      unread.delete(`${path}.${String(key)}`);
      return Reflect.get(target, key);
    },
  });
}
