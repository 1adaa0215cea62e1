import * as v from "valibot";
import { requestControl } from "../../adapters/local-control.ts";
import { StoredLeaseSchema } from "../../domain/lease.ts";
import { LEASE_PATH } from "../../domain/ports.ts";
import type { LeaseStore } from "./lease-store.ts";

const Written = v.object({ version: v.string() });

/** The lease in the memory of the running `pnpm dev`: it ends with that process. */
export function openLocalLease(): LeaseStore {
  return {
    read: async () => {
      const { status, json } = await requestControl(LEASE_PATH, { method: "GET" });
      return status === 404 ? undefined : v.parse(StoredLeaseSchema, json());
    },
    write: async (lease, version) => {
      const headers = version === undefined ? {} : { "if-match": version };
      const { status, json } = await requestControl(LEASE_PATH, {
        method: "PUT",
        headers,
        body: JSON.stringify(lease),
      });
      return status === 409 ? undefined : v.parse(Written, json()).version;
    },
  };
}
