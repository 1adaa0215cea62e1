import { defineConfig } from "vitest/config";

/** Many tests start a tool, on a machine that may be busy. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["default", "@echo/kit/testing/reporter"],
  },
});
