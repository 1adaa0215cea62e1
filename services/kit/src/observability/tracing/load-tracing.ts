import type { Logger } from "pino";
import { hasCredentials } from "../../config/settings.ts";
import type { Build } from "../metrics.ts";
import type { Tracing } from "./tracing.ts";

/**
 * Starts tracing if OpenTelemetry's variables name a receiver. Otherwise it loads nothing: the build makes
 * `opentelemetry.ts` a file of its own, because it would make every start slower (docs/performance.md, tracing).
 */
export async function loadTracing(
  env: NodeJS.ProcessEnv,
  build: Build,
  logger: Logger,
): Promise<Tracing | undefined> {
  if (!isEnabled(env)) return undefined;
  const refused = ENDPOINTS.find((name) => hasCredentials(env[name] ?? ""));
  if (refused) {
    logger.warn(
      `Invalid ${refused}: expected a URL without user and password; use OTEL_EXPORTER_OTLP_HEADERS. Traces are off.`,
    );
    return undefined;
  }
  const { startTracing } = await import("./opentelemetry.ts");
  return startTracing(build, logger);
}

/** The variables that name a receiver, in their order of precedence. */
const ENDPOINTS = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"] as const;

function isEnabled(env: NodeJS.ProcessEnv): boolean {
  const hasEndpoint = ENDPOINTS.some((name) => env[name]?.trim());
  const disabled = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";
  return hasEndpoint && !disabled && env.OTEL_TRACES_EXPORTER?.trim() !== "none";
}
