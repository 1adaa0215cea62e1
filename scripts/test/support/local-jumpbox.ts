import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { createJumpbox } from "../../src/adapters/jumpbox.ts";
import { createKubectl } from "../../src/adapters/kubectl.ts";

/** A jumpbox on this machine: its kubectl runs the command that comes after `--`. */
export function localJumpbox() {
  const folder = mkdtempSync(join(tmpdir(), "echo-jumpbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const kubectl = join(folder, "kubectl");
  writeFileSync(kubectl, '#!/bin/bash\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n');
  chmodSync(kubectl, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  return createJumpbox(createKubectl(), "demos");
}
