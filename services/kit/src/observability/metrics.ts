import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { Durations } from "../hot-path/durations.ts";

/** Bounds in seconds, from the duration of an echo to above every timeout with a default. */
export const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Why a service closed a connection to protect itself, as a label. */
const CLOSE_REASONS = ["limit", "idle", "unread", "pipelining"] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/** The two ports of a service, as a label. */
const PORTS = ["echo", "admin"] as const;

/** What is running: the labels of each series, and with the revision those of `echo_build_info`. */
export interface Build {
  service: string;
  version: string;
  color: string;
  /** The commit that it was built from. */
  revision: string;
}

/** The metrics of one instance and its echo port. */
export interface Metrics {
  registry: Registry;
  requestStarted(): void;
  /** A response was sent, or its client closed the connection before. */
  requestEnded(method: string, status: number, milliseconds: number): void;
  connectionOpened(): void;
  connectionClosed(): void;
  /** The service closed a connection to one of its ports to protect itself. */
  connectionRefused(port: (typeof PORTS)[number], reason: CloseReason): void;
}

/**
 * Creates a registry with the metrics of an instance and Node's default metrics. The labels have few values: the methods
 * of Node's parser and the statuses of the services. Paths are not a label.
 */
export function createMetrics({ service, version, color, revision }: Build): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service, version, color });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const build = new Gauge({
    name: "echo_build_info",
    help: "Always 1; the labels say what is running.",
    labelNames: ["revision"],
    registers,
  });
  build.set({ revision }, 1);
  const duration = new Durations({
    name: "http_request_duration_seconds",
    help: "Time from a request's headers to the end of its response, on the echo port.",
    labelNames: ["method", "status"],
    buckets: BUCKETS,
    registry,
  });
  let inFlight = 0;
  new Gauge({
    name: "http_requests_in_flight",
    help: "Requests of the echo port that have begun and not ended.",
    registers,
    collect() {
      this.set(inFlight);
    },
  });
  const open = new Gauge({ name: "http_connections", help: "Open connections to the echo port.", registers });
  const connections = new Counter({
    name: "http_connections_total",
    help: "Connections to the echo port so far.",
    registers,
  });
  const refused = new Counter({
    name: "http_connections_refused_total",
    help: "Connections that the service closed to protect itself.",
    labelNames: ["port", "reason"],
    registers,
  });
  for (const port of PORTS) for (const reason of CLOSE_REASONS) refused.inc({ port, reason }, 0);
  return {
    registry,
    requestStarted: () => {
      inFlight++;
    },
    requestEnded: (method, status, milliseconds) => {
      inFlight--;
      duration.observe(method, status, milliseconds);
    },
    connectionOpened: () => {
      open.inc();
      connections.inc();
    },
    connectionClosed: () => open.dec(),
    connectionRefused: (port, reason) => refused.inc({ port, reason }),
  };
}

/** Exposes the number of log lines lost so far. */
export function measureLog(registry: Registry, droppedLines: () => number): void {
  new Counter({
    name: "log_lines_dropped_total",
    help: "Log lines that were dropped because stdout accepted no more.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(droppedLines());
    },
  });
}
