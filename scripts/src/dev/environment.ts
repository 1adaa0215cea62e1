import { backendSettings } from "../../../services/echo-backend/src/config.ts";
import { frontendSettings } from "../../../services/echo-frontend/src/config.ts";

/** What programs need of the shell to run at all, to find their files and certificates, and to show the local time. */
export const SYSTEM_VARIABLES: ReadonlySet<string> = new Set([
  "PATH",
  "HOME",
  "TMPDIR",
  "TZ",
  "LD_LIBRARY_PATH",
  "NODE_EXTRA_CA_CERTS",
]);
const SETTINGS = new Set(Object.keys({ ...backendSettings, ...frontendSettings }));

/**
 * The shell's variables that reach the builds. A shell has many, such as VERSION, and a build that follows one of them by
 * chance is not the one that was asked for.
 */
export function buildEnvironment(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return pick(shell, (name) => SYSTEM_VARIABLES.has(name));
}

/** The shell's variables that reach the services: also their settings, and OpenTelemetry's. */
export function serviceEnvironment(shell: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return pick(shell, (name) => SYSTEM_VARIABLES.has(name) || SETTINGS.has(name) || name.startsWith("OTEL_"));
}

function pick(shell: NodeJS.ProcessEnv, isWanted: (name: string) => boolean): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(shell).filter(([name]) => isWanted(name)));
}
