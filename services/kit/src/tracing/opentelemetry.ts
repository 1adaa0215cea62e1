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

/** How long the end of the process waits for the last spans to be taken, in ms. */
const STOP_TIMEOUT_MS = 2000;
/** Paths and headers are the caller's: with this, the spans that wait (2048 at most) stay within a few MB. */
const MAX_ATTRIBUTE_LENGTH = 1024;

/** Sends spans by OTLP over HTTP, as OpenTelemetry's standard variables say. */
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
      const flushed = provider.shutdown().then(() => true, isReported(logger));
      if (!(await Promise.race([flushed, sleep(STOP_TIMEOUT_MS, false)])))
        logger.warn({ timeoutMs: STOP_TIMEOUT_MS }, "the last spans were not taken in time");
    },
  };
}

/** What OpenTelemetry has to say goes into the service's log, and never further. */
function reportTo(logger: Logger): void {
  const warn = (message: string) => logger.warn(`tracing: ${message}`);
  const debug = (message: string) => logger.debug(`tracing: ${message}`);
  diag.setLogger(
    { error: warn, warn, info: debug, debug, verbose: debug },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  setGlobalErrorHandler(isReported(logger));
}

/** Logs why spans were lost. */
function isReported(logger: Logger) {
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
    diag.warn(`${name} is ${JSON.stringify(protocol)}, but spans are sent by http/protobuf only`);
}

/** Who sends the spans; OTEL_RESOURCE_ATTRIBUTES and OTEL_SERVICE_NAME have the last word. */
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

/** The sampler that OTEL_TRACES_SAMPLER names. An unknown name is warned of and ignored, as the standard asks. */
function samplerFromEnv(): Sampler {
  const name = getStringFromEnv("OTEL_TRACES_SAMPLER") ?? DEFAULT_SAMPLER;
  const root = rootSampler(name.replace(/^parentbased_/, ""));
  if (!root) {
    diag.warn(`OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}, which is not known: using ${DEFAULT_SAMPLER}`);
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
  diag.warn(`OTEL_TRACES_SAMPLER_ARG is ${ratio}, allowed is a number from 0 to 1: using 1`);
  return 1;
}

function positive(name: string, fallback: number): number {
  const value = getNumberFromEnv(name) ?? fallback;
  if (value > 0) return value;
  diag.warn(`${name} is ${value}, allowed is a number above 0: using ${fallback}`);
  return fallback;
}
