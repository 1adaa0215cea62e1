export { createAccessLog } from "./access-log.ts";
export { buildAdminApp } from "./admin-app.ts";
export * from "./config.ts";
export { Drain } from "./drain.ts";
export { buildEchoApp, type Context } from "./echo-app.ts";
export { serve } from "./lifecycle.ts";
export { createLogging } from "./logging.ts";
export { createMetrics, type Metrics, measureUpstream, type UpstreamOutcome } from "./metrics.ts";
