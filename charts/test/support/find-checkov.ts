import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Version of the scanner on PATH; undefined where there is none. */
    checkov: string | undefined;
  }
}

/** Looks for the scanner, and says aloud where there is none. */
export default async function findCheckov(project: TestProject): Promise<void> {
  const checkov = await version();
  if (checkov === undefined)
    console.warn("\nNo checkov on PATH: the charts are NOT scanned. Install it: pipx install checkov\n");
  project.provide("checkov", checkov);
}

async function version(): Promise<string | undefined> {
  try {
    return (await promisify(execFile)("checkov", ["--version"])).stdout.trim();
  } catch {
    return undefined;
  }
}
