export * from "./app.ts";
export * from "./fuzz.ts";
export * from "./load.ts";
export * from "./metrics.ts";
export * from "./open-load.ts";
export * from "./process.ts";
export * from "./raw.ts";
export * from "./record.ts";
