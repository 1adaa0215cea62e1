import { defineConfig } from "vitest/config";

/** End to end, on the cluster that KUBECONFIG names: one test after the other, each in the state the one before left. */
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/support/setup.ts",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    bail: 0,
    reporters: ["verbose"],
  },
});
