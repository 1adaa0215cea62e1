export { type CommonConfig, commonSettings } from "./config/common.ts";
export { ConfigError, parseConfig } from "./config/parse.ts";
export * from "./config/settings.ts";
export { createAccessLog } from "./hot-path/access-log.ts";
export { runInBatch } from "./hot-path/event-loop-batch.ts";
export { HttpConnection, type ResponseHandler, type ResponseHeaders } from "./hot-path/http-connection.ts";
export { timeOfDay } from "./hot-path/time-of-day.ts";
export { buildAdminApp } from "./http/admin-app.ts";
export { Drain } from "./http/drain.ts";
export { buildEchoApp, type Context } from "./http/echo-app.ts";
export { HTTP_LIMITS } from "./http/limits.ts";
export { OverloadedError, RETRY_AFTER_S } from "./http/rejections.ts";
export {
  ConnectionClosedError,
  InvalidResponseError,
  LongResponseError,
} from "./upstream/response-reader.ts";
export { serve } from "./lifecycle.ts";
export { createMetrics } from "./observability/metrics.ts";
export type { RequestTrace } from "./observability/tracing/tracing.ts";
export { measureUpstream, type UpstreamOutcome } from "./observability/upstream-metrics.ts";
