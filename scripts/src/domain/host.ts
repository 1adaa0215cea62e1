import { isIPv4 } from "node:net";

/** The host of a registry, with its port. docker and helm keep one login per host. */
export function hostOf(registry: string): string {
  return registry.split("/", 1).join("");
}

/** Whether a host, with or without a port, can only be this machine (RFC 6761, 6.3). */
export function isLoopback(hostWithPort: string): boolean {
  const host = hostWithPort.replace(/:\d+$/, "");
  return /^(?:.+\.)?localhost$/.test(host) || (isIPv4(host) && host.startsWith("127."));
}
