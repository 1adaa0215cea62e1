import * as v from "valibot";
import { parsePlainJson } from "../domain/plain-text.ts";
import { CONTROL_PORT, localUrl } from "../domain/ports.ts";
import { type Weights, WeightsSchema } from "../domain/weights.ts";
import { UserError } from "../lib/errors.ts";
import { requestText } from "./http-text.ts";

const CONTROL = localUrl(CONTROL_PORT);
/** The control is on this machine, and only stores or returns a value. In ms. */
const TIMEOUT_MS = 5000;

interface ControlRequest {
  method: "GET" | "PUT";
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request to the control port of the running `pnpm dev`. @throws {UserError} if none runs */
export async function requestControl(path: string, options: ControlRequest) {
  const url = CONTROL + path;
  try {
    const { status, body } = await requestText(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status, json: () => parsePlainJson(body) };
  } catch (cause) {
    throw noResponse(url, cause);
  }
}

/** Reads the weights of the running `pnpm dev`, or sets those in `body`. @throws {UserError} if none runs */
export async function controlLocal(options: ControlRequest): Promise<Weights> {
  const { json } = await requestControl("", options);
  try {
    return v.parse(WeightsSchema, json());
  } catch (cause) {
    // Another program has the port.
    throw noResponse(CONTROL, cause);
  }
}

/** Whether `pnpm dev` runs on this machine. */
export async function isDevRunning(): Promise<boolean> {
  return controlLocal({ method: "GET" }).then(
    () => true,
    () => false,
  );
}

function noResponse(url: string, cause: unknown): UserError {
  return new UserError(`No response from ${url}: is \`pnpm dev\` running on this machine?`, { cause });
}
