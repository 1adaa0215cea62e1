import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/find-helm.ts",
    reporters: ["default", "@echo/kit/testing/reporter"],
    // These limits end a hung test. A render starts a process, and the scan renders all examples: slow on a busy machine.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
