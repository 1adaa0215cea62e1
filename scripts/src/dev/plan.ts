import type { Color } from "../domain/color.ts";
import { localUrl, PORTS, STABLE_PORT } from "../domain/ports.ts";
import type { ServiceName } from "../domain/workload.ts";
import { bundlePath } from "../lib/paths.ts";
import { readVersions } from "./versions.ts";

/** One service process of the local system. */
export interface DevProcess {
  /** The name in the log: blue, green or frontend. */
  name: keyof typeof PORTS;
  service: ServiceName;
  color: Color;
  version: string;
  port: number;
  adminPort: number;
  /** The program's file. */
  bundle: string;
  env: Readonly<Record<string, string>>;
}

/**
 * The local system as data: the same three workloads as in the cluster, the frontend behind the stable name. The versions are
 * those of services/versions.json now, because a build takes those too.
 * @param address where all services listen; undefined: all addresses
 */
export function planDev(address?: string): DevProcess[] {
  const common = { LISTEN_ADDRESS: address ?? "" };
  const versions = readVersions();
  const start = (name: DevProcess["name"], service: ServiceName, color: Color, env: DevProcess["env"]) =>
    devProcess({ name, service, color, version: versions[name] }, { ...common, ...env });
  return [
    start("blue", "echo-backend", "blue", { FAULTS: "on" }),
    start("green", "echo-backend", "green", { FAULTS: "on" }),
    start("frontend", "echo-frontend", "blue", { BACKEND: localUrl(STABLE_PORT) }),
  ];
}

function devProcess(
  what: Pick<DevProcess, "name" | "service" | "color" | "version">,
  env: DevProcess["env"],
): DevProcess {
  const { port, adminPort } = PORTS[what.name];
  return {
    ...what,
    ...{ port, adminPort },
    bundle: bundlePath(what),
    env: {
      ...env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      COLOR: what.color,
      SHUTDOWN_TIMEOUT_MS: "2000",
    },
  };
}
