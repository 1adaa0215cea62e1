import { defineConfig } from "vitest/config";
import { Order } from "./e2e/support/order.ts";

/**
 * End to end, on the cluster that KUBECONFIG names. One file runs at a time, because all share a namespace, and in random
 * order, because each sets up its own state. The output names the seed; `--sequence.seed` repeats its order.
 */
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    globalSetup: "e2e/support/setup.ts",
    fileParallelism: false,
    sequence: { sequencer: Order },
    // The steps have their own limits (e2e/support/limits.ts). These end only what has none.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    bail: 0,
    reporters: ["verbose"],
  },
});
