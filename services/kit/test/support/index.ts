export * from "./app.ts";
export * from "./load.ts";
export * from "./metrics.ts";
export * from "./process.ts";
export * from "./raw.ts";
export * from "./record.ts";
