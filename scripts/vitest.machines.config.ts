import { defineConfig } from "vitest/config";

/** Clones of this repository on machines that differ from the usual. One file, because each part uses the same clone. */
export default defineConfig({
  test: {
    include: ["machines/**/*.test.ts"],
    // These limits end what hangs. An install and a build are slow on a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ["verbose"],
  },
});
