import { pino } from "pino";

/** The `time` field as pino formats it. */
export const { isoTime } = pino.stdTimeFunctions;
