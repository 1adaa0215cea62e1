import type { Logger } from "pino";
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
  const { startTracing } = await import("./opentelemetry.ts");
  return startTracing(build, logger);
}

function isEnabled(env: NodeJS.ProcessEnv): boolean {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  const disabled = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === "true";
  return Boolean(endpoint) && !disabled && env.OTEL_TRACES_EXPORTER?.trim() !== "none";
}
