import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/find-helm.ts", "test/support/find-checkov.ts"],
    // Each render starts a process, on a machine that may be busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
