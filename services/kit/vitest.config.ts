import { defineConfig } from "vitest/config";

/** For the tests of all services. They start processes and browsers, and the machine may be busy. */
export default defineConfig({
  test: { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 15_000 } } },
});
