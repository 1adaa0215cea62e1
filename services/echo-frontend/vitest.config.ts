import { defineConfig, mergeConfig } from "vitest/config";
import base from "../kit/vitest.config.ts";
import { buildPage, PAGE } from "./ui-page.ts";

export default mergeConfig(
  base,
  defineConfig({
    plugins: [
      {
        name: "live-page",
        enforce: "pre",
        load: async (id) => (PAGE.test(id) ? `export default ${JSON.stringify(await buildPage())};` : null),
      },
    ],
  }),
);
