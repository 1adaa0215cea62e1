import type { Logger } from "pino";
import type { AccessLog } from "../../../src/hot-path/access-log.ts";

export type { AccessEntry, AccessLog } from "../../../src/hot-path/access-log.ts";

/** The access log as pino writes it: one `info` or `warn` call per request. */
export function createAccessLog(logger: Logger): AccessLog {
  return ({ details, duration, ...entry }) => {
    const { method, url, status, requestId } = entry;
    const fields = {
      method,
      url,
      status,
      duration: Math.round(duration * 1000) / 1000,
      requestId,
      ...details,
    };
    if (status >= 500) logger.warn(fields);
    else logger.info(fields);
  };
}
