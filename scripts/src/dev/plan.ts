import { ROOT, type ServiceName, workload } from "../names.ts";
import type { Color } from "../versions.ts";

/** The stable name's port here, in front of both backends. */
export const STABLE_PORT = 8000;
/** Where the running `pnpm dev` is told of new weights. */
export const CONTROL_PORT = 8001;

/** The request id of a shift's samples: a thousand lines of them would bury what a person asked. */
export const SAMPLE_ID = "sample";

/** One service process of the local system. */
export interface DevProcess {
  /** As the log shows it: blue, green or frontend. */
  name: string;
  service: ServiceName;
  color: Color;
  version: string;
  port: number;
  adminPort: number;
  bundle: string;
  env: Readonly<Record<string, string>>;
}

export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}

/** The local system as data: the same three workloads as in the cluster, with the frontend behind the stable name. */
export function planDev(): DevProcess[] {
  return [
    devProcess("blue", "echo-backend", "blue", { port: 8011, adminPort: 9011 }),
    devProcess("green", "echo-backend", "green", { port: 8012, adminPort: 9012 }),
    devProcess(
      "frontend",
      "echo-frontend",
      "blue",
      { port: 8080, adminPort: 9080 },
      {
        BACKEND: localUrl(STABLE_PORT),
      },
    ),
  ];
}

function devProcess(
  name: string,
  service: ServiceName,
  color: Color,
  { port, adminPort }: { port: number; adminPort: number },
  env: Record<string, string> = {},
): DevProcess {
  const { version } = workload(service, color);
  return {
    name,
    service,
    color,
    version,
    port,
    adminPort,
    bundle: `${ROOT}services/${service}/dist/${service}-${version}.cjs`,
    env: {
      ...env,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      COLOR: color,
      SHUTDOWN_TIMEOUT_MS: "2000",
    },
  };
}
