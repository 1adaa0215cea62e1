import { request } from "undici";
import * as v from "valibot";
import { StoredLeaseSchema } from "../domain/lease.ts";
import { parsePlainJson } from "../domain/plain-text.ts";
import { CONTROL_PORT, LEASE_PATH, localUrl } from "../domain/ports.ts";
import { UserError } from "../lib/errors.ts";
import type { LeaseStore } from "./lease-store.ts";

const URL = localUrl(CONTROL_PORT) + LEASE_PATH;
/** It is on this machine, and only stores or returns a value. */
const TIMEOUT_MS = 5000;
const Written = v.object({ version: v.string() });

/** The lease in the memory of the running `pnpm dev`: it ends with that process. */
export function openLocalLease(): LeaseStore {
  return {
    read: async () => {
      const { status, json } = await call({ method: "GET" });
      return status === 404 ? undefined : v.parse(StoredLeaseSchema, json());
    },
    write: async (lease, version) => {
      const headers = version === undefined ? {} : { "if-match": version };
      const { status, json } = await call({ method: "PUT", headers, body: JSON.stringify(lease) });
      return status === 409 ? undefined : v.parse(Written, json()).version;
    },
  };
}

async function call(options: { method: "GET" | "PUT"; headers?: Record<string, string>; body?: string }) {
  try {
    const { statusCode: status, body } = await request(URL, {
      ...options,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await body.text();
    return { status, json: () => parsePlainJson(text) };
  } catch (cause) {
    throw new UserError(`No response from ${URL}: is \`pnpm dev\` running on this machine?`, { cause });
  }
}
