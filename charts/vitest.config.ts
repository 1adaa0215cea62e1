import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/find-helm.ts",
    reporters: ["default", "@echo/kit/testing/reporter"],
    // These limits end a hung test. Each render starts a process, which takes long on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
