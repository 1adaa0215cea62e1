import { defineConfig } from "vitest/config";

/** The tests of all services: they start processes, on a machine that may be busy. */
export default defineConfig({ test: { testTimeout: 30_000, expect: { poll: { timeout: 15_000 } } } });
