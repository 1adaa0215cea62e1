import { request } from "undici";
import * as v from "valibot";
import { CONTROL_PORT, localUrl } from "../domain/ports.ts";
import { type Weights, WeightsSchema } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";

const CONTROL = localUrl(CONTROL_PORT);
/** The control is on this machine, and only sets or returns a value. In ms. */
const TIMEOUT_MS = 5000;

/** Reads the weights of the running `pnpm dev`, or sets those in `body`. @throws {UserError} if none runs */
export async function controlLocal(options: { method: "GET" | "PUT"; body?: string }): Promise<Weights> {
  try {
    const { body } = await request(CONTROL, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return v.parse(WeightsSchema, await body.json());
  } catch (cause) {
    throw new UserError(`No response from ${CONTROL}: is \`pnpm dev\` running on this machine?`, { cause });
  }
}

/** Whether `pnpm dev` runs on this machine. */
export async function isDevRunning(): Promise<boolean> {
  return controlLocal({ method: "GET" }).then(
    () => true,
    () => false,
  );
}
