import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { Durations } from "./durations.ts";

/** From 0.1 ms, as fast as an echo is, to beyond every time-out that has a default. */
const BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Who is measured: in each series as its labels, and with the revision in `echo_build_info`. */
export interface Build {
  service: string;
  version: string;
  color: string;
  revision: string;
}

export interface Metrics {
  registry: Registry;
  /** A request of the echo port has begun. */
  begin(): void;
  /** It has ended: answered, or given up by its client. */
  end(method: string, status: number, milliseconds: number): void;
  /** A connection to the echo port was opened. */
  connected(): void;
  /** It was closed. */
  disconnected(): void;
}

/**
 * A registry of its own for each service instance, with Node's default metrics. Labels are bounded: methods are those
 * that Node's parser knows, statuses those that the services answer; paths are no label at all.
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
    help: "Time from a request's headers to the end of its answer, on the echo port.",
    labelNames: ["method", "status"],
    buckets: BUCKETS,
    registers,
  });
  // Counted here, because prom-client's own inc and dec look up labels, which this has none of, twice for each answer.
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
  return {
    registry,
    begin: () => {
      inFlight++;
    },
    end: (method, status, milliseconds) => {
      inFlight--;
      duration.add(method, status, milliseconds);
    },
    connected: () => {
      open.inc();
      connections.inc();
    },
    disconnected: () => open.dec(),
  };
}

/** Counts the log's lines that were lost, as `droppedLines` tells. */
export function measureLog(registry: Registry, droppedLines: () => number): void {
  new Counter({
    name: "log_lines_dropped_total",
    help: "Lines of the log that were lost because stdout took no more.",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(droppedLines());
    },
  });
}

/** What became of a question to the backend. */
export type UpstreamOutcome = "answered" | "timeout" | "connection" | "bad answer" | "overload";

/** More versions than this, and longer ones, are `other`: the label is the backend's word, which must not fill memory. */
const MAX_VERSIONS = 20;
const MAX_VERSION_LENGTH = 64;

/**
 * Times the frontend's questions by outcome and by the version that answered ("" where none did).
 * @returns a function that observes one
 */
export function measureUpstream(registry: Registry) {
  const duration = new Durations({
    name: "upstream_request_duration_seconds",
    help: "Time that the backend took to answer, the retry included.",
    labelNames: ["outcome", "backend_version"],
    buckets: BUCKETS,
    registers: [registry],
  });
  const versions = new Set<string>();
  return (outcome: UpstreamOutcome, version: string, milliseconds: number): void => {
    if (versions.size < MAX_VERSIONS && version.length <= MAX_VERSION_LENGTH) versions.add(version);
    const label = versions.has(version) ? version : "other";
    duration.add(outcome, label, milliseconds);
  };
}
