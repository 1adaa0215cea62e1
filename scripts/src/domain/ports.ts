/** The ports of `pnpm dev` on this machine. */
export const PORTS = {
  blue: { port: 8011, adminPort: 9011 },
  green: { port: 8012, adminPort: 9012 },
  frontend: { port: 8080, adminPort: 9080 },
} as const;

/** The port of the local stable name, in front of both backends. */
export const STABLE_PORT = 8000;
/** The port that reads and sets the local weights. */
export const CONTROL_PORT = 8001;
/** The path on the control port with the lease of the local shifts. */
export const LEASE_PATH = "/lease";

/** The address that only this machine reaches. `pnpm dev` listens on it unless `--host` opens it to others. */
export const LOOPBACK = "127.0.0.1";

/** The request id of a shift's samples. `pnpm dev` leaves their log lines out, because they come by the thousand. */
export const SAMPLE_ID = "sample";

export function localUrl(port: number): string {
  return `http://localhost:${port}`;
}
