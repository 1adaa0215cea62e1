import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** The module path of the page, for the bundlers of the service and of the tests. */
export const PAGE = /src\/ui\/page\/index\.html$/;

/** Bundles the live page as a string. */
export const livePage: Plugin = {
  name: "live-page",
  setup: (bundler) =>
    bundler.onLoad({ filter: PAGE }, async () => ({ contents: await buildPage(), loader: "text" })),
};

/** Builds the live page: its HTML with its style and its script, bundled for browsers. */
export async function buildPage(): Promise<string> {
  const folder = fileURLToPath(new URL("src/ui/page/", import.meta.url));
  const options = { bundle: true, minify: true, write: false, target: "es2024" } as const;
  const [html, script, style] = await Promise.all([
    readFile(`${folder}index.html`, "utf8"),
    build({ ...options, entryPoints: [`${folder}main.ts`], format: "esm" }),
    build({ ...options, entryPoints: [`${folder}style.css`] }),
  ]);
  const text = (result: typeof script) => result.outputFiles[0]?.text ?? "";
  return html
    .replace("/*STYLE*/", () => text(style))
    .replace("/*SCRIPT*/", () => text(script))
    .replaceAll(/^ +/gm, "");
}
