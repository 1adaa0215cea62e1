import { defineConfig } from "vitest/config";
import { buildPage, PAGE } from "./ui-page.ts";

export default defineConfig({
  plugins: [
    {
      name: "live-page",
      enforce: "pre",
      load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await buildPage())};` : null),
    },
  ],
});
