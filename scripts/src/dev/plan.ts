import type { Color } from "../domain/color.ts";
import { localUrl, PORTS, STABLE_PORT } from "../domain/ports.ts";
import { type ServiceName, workload } from "../domain/workload.ts";
import { bundlePath } from "../lib/paths.ts";

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
 * The local system as data: the same three workloads as in the cluster, the frontend behind the stable name.
 * @param address where all services listen; undefined: all addresses
 */
export function planDev(address?: string): DevProcess[] {
  const common = { LISTEN_ADDRESS: address ?? "" };
  return [
    devProcess("blue", "echo-backend", "blue", { ...common, FAULTS: "on" }),
    devProcess("green", "echo-backend", "green", { ...common, FAULTS: "on" }),
    devProcess("frontend", "echo-frontend", "blue", { ...common, BACKEND: localUrl(STABLE_PORT) }),
  ];
}

function devProcess(
  name: DevProcess["name"],
  service: ServiceName,
  color: Color,
  env: Record<string, string>,
): DevProcess {
  const { version } = workload(service, color);
  const { port, adminPort } = PORTS[name];
  return {
    ...{ name, service, color, version, port, adminPort },
    bundle: bundlePath({ service, version }),
    env: {
      ...env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      COLOR: color,
      SHUTDOWN_TIMEOUT_MS: "2000",
    },
  };
}
