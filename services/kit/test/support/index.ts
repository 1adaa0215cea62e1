export * from "./app.ts";
export * from "./process.ts";
export * from "./raw.ts";
export * from "./traces.ts";
