import { cpSync, globSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { ROOT } from "../../src/lib/paths.ts";

/** What `pnpm dev` and the commands need. */
const SOURCES = ["package.json", "tsconfig.base.json", "scripts/package.json", "scripts/src", "services"];
const LEFT_OUT = new Set(["node_modules", "dist", ".turbo"]);

/**
 * Copies the sources into a temporary folder, with the packages that are installed here. `pnpm dev` builds there, and not into
 * the bundles that other tests start at the same time.
 * @returns the root folder of the copy, with a slash at its end
 */
export function copySources(): string {
  const copy = mkdtempSync(join(tmpdir(), "echo-copy-"));
  for (const source of SOURCES)
    cpSync(join(ROOT, source), join(copy, source), {
      recursive: true,
      filter: (path) => !LEFT_OUT.has(basename(path)),
    });
  for (const packages of globSync("{node_modules,{scripts,services/*}/node_modules}", { cwd: ROOT }))
    symlinkSync(join(ROOT, packages), join(copy, packages));
  return `${copy}/`;
}
