import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { getNumberFromEnv, getStringFromEnv, setGlobalErrorHandler } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
  serviceNameEnvDetector,
} from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from "@opentelemetry/semantic-conventions";
import type { Logger } from "pino";
import type { Build } from "../metrics.ts";
import { ServerSpan } from "./http-spans.ts";
import type { Tracing } from "./tracing.ts";

/** How long the exit waits for the receiver to accept the last spans, in ms. */
const STOP_TIMEOUT_MS = 2000;
/** Clients choose paths and headers. This limit keeps the queue of at most 2048 spans within a few MB. */
const MAX_ATTRIBUTE_LENGTH = 1024;

/** Exports spans by OTLP over HTTP, configured by OpenTelemetry's standard variables. */
export function startTracing(build: Build, logger: Logger): Tracing {
  reportTo(logger);
  warnOfOtherProtocols();
  const provider = new TracerProvider({
    resource: resourceOf(build),
    sampler: samplerFromEnv(),
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter(),
        maxQueueSize: positive("OTEL_BSP_MAX_QUEUE_SIZE", 2048),
        maxExportBatchSize: positive("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512),
        scheduledDelayMillis: positive("OTEL_BSP_SCHEDULE_DELAY", 5000),
        exportTimeoutMillis: positive("OTEL_BSP_EXPORT_TIMEOUT", 30_000),
      }),
    ],
  });
  const tracer = provider.getTracer("echo", build.version);
  return {
    begin: (request) => new ServerSpan(tracer, request),
    stop: async () => {
      const flushed = provider.shutdown().then(() => true, reportLoss(logger));
      if (!(await Promise.race([flushed, sleep(STOP_TIMEOUT_MS, false)])))
        logger.warn({ timeoutMs: STOP_TIMEOUT_MS }, "the receiver did not accept the last spans in time");
    },
  };
}

/** Sends OpenTelemetry's own messages to the service's log. */
function reportTo(logger: Logger): void {
  const warn = (message: string) => logger.warn(`tracing: ${message}`);
  const debug = (message: string) => logger.debug(`tracing: ${message}`);
  diag.setLogger(
    { error: warn, warn, info: debug, debug, verbose: debug },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  setGlobalErrorHandler(reportLoss(logger));
}

/** Returns a function that logs why spans were lost. */
function reportLoss(logger: Logger) {
  return (error: unknown): true => {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ error: reason }, "spans could not be sent");
    return true;
  };
}

function warnOfOtherProtocols(): void {
  const names = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
  const name = names.find((candidate) => getStringFromEnv(candidate) !== undefined);
  const protocol = name && getStringFromEnv(name);
  if (protocol && protocol !== "http/protobuf")
    diag.warn(`Invalid ${name} ${JSON.stringify(protocol)}: spans are exported by http/protobuf only`);
}

/** The service that exports the spans. OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME override it. */
function resourceOf({ service, version, color }: Build) {
  const own = resourceFromAttributes({
    [ATTR_SERVICE_NAME]: service,
    [ATTR_SERVICE_VERSION]: version,
    "host.name": hostname(),
    ...(color && { "echo.color": color }),
  });
  const detectors = [serviceInstanceIdDetector, resourceAttributesEnvDetector, serviceNameEnvDetector];
  return defaultResource().merge(own).merge(detectResources({ detectors }));
}

const DEFAULT_SAMPLER = "parentbased_always_on";

/** The sampler that OTEL_TRACES_SAMPLER names. Warns of an unknown name and ignores it, as the standard requires. */
function samplerFromEnv(): Sampler {
  const name = getStringFromEnv("OTEL_TRACES_SAMPLER") ?? DEFAULT_SAMPLER;
  const root = rootSampler(name.replace(/^parentbased_/, ""));
  if (!root) {
    diag.warn(`Invalid OTEL_TRACES_SAMPLER ${JSON.stringify(name)}: using ${DEFAULT_SAMPLER}`);
    return new ParentBasedSampler({ root: new AlwaysOnSampler() });
  }
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

function rootSampler(name: string): Sampler | undefined {
  if (name === "always_on") return new AlwaysOnSampler();
  if (name === "always_off") return new AlwaysOffSampler();
  if (name === "traceidratio") return new TraceIdRatioBasedSampler(ratioFromEnv());
  return undefined;
}

function ratioFromEnv(): number {
  const ratio = getNumberFromEnv("OTEL_TRACES_SAMPLER_ARG") ?? 1;
  if (ratio >= 0 && ratio <= 1) return ratio;
  diag.warn(`Invalid OTEL_TRACES_SAMPLER_ARG ${ratio}: expected a number from 0 to 1, using 1`);
  return 1;
}

function positive(name: string, fallback: number): number {
  const value = getNumberFromEnv(name) ?? fallback;
  if (value > 0) return value;
  diag.warn(`Invalid ${name} ${value}: expected a number above 0, using ${fallback}`);
  return fallback;
}
