import { defineConfig } from "vitest/config";

/** The tests of all services: they start processes and browsers, on a machine that may be busy. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    reporters: ["default", "@echo/kit/testing/reporter"],
  },
});
