import { defineConfig } from "vitest/config";

/** Many tests start a tool, on a machine that may be busy. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most of the time goes by in the tools that a test starts. vitest alone would leave one core to them.
    maxWorkers: "100%",
    reporters: ["default", "@echo/kit/testing/reporter"],
  },
});
