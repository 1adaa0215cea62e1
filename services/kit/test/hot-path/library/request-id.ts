import { randomUUID } from "node:crypto";

/** A random UUID (version 4). */
export function newRequestId(): string {
  return randomUUID();
}
