import { defineConfig } from "vitest/config";

/** End to end, on the cluster that KUBECONFIG names: one test after the other, each in the state the one before left. */
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/support/setup.ts",
    fileParallelism: false,
    // A limit that ends a hung test, not one that a slow machine meets: 20 shifts took over 300 s on one.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    bail: 0,
    reporters: ["verbose"],
  },
});
