import { collectDefaultMetrics, Histogram, Registry } from "prom-client";

export interface Metrics {
  registry: Registry;
  /** Counts one answered request of the echo port. */
  observe(method: string, status: number, milliseconds: number): void;
}

/** A registry of its own for each service instance, with Node's default metrics. Every series carries `color` and `version`. */
export function createMetrics(labels: { service: string; version: string; color: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels(labels);
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "http_request_duration_seconds",
    help: "Time from a request's headers to the end of its answer, on the echo port.",
    labelNames: ["method", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    registry,
    observe: (method, status, milliseconds) => duration.observe({ method, status }, milliseconds / 1000),
  };
}
