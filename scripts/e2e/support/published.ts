import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/adapters/command.ts";
import { findLogin } from "../../src/adapters/registry-login.ts";
import { hostOf } from "../../src/domain/host.ts";
import { registry } from "./system.ts";

/**
 * A machine without docker: a PATH with helm and kubectl alone, and helm's own login to the registry.
 * @returns its environment, and what removes it
 */
export async function machineWithoutDocker() {
  const folder = mkdtempSync(join(tmpdir(), "echo-student-"));
  for (const tool of ["helm", "kubectl"])
    symlinkSync(await run("bash", ["-c", 'type -P "$0"', tool]), join(folder, tool));
  const logins = join(folder, "registry.json");
  const login = await findLogin(registry, { env: process.env, signal: new AbortController().signal });
  const auth = Buffer.from(`${login?.user}:${login?.password}`).toString("base64");
  writeFileSync(logins, JSON.stringify({ auths: { [hostOf(registry)]: { auth } } }));
  return {
    env: { PATH: folder, HELM_REGISTRY_CONFIG: logins },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
