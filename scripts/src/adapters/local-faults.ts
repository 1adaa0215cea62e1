import * as v from "valibot";
import type { Color } from "../domain/color.ts";
import { FAULTS_PATH, type Faults, FaultsSchema } from "../domain/fault.ts";
import { parsePlainJson } from "../domain/plain-text.ts";
import { localUrl, PORTS } from "../domain/ports.ts";
import { UserError } from "../lib/errors.ts";
import { requestText } from "./http-text.ts";

/** The backend is on this machine, and its admin port waits for nothing. In ms. */
const TIMEOUT_MS = 5000;

/** The faults of a backend of the running `pnpm dev`. @throws {UserError} if it does not run */
export function readLocalFaults(color: Color): Promise<Faults> {
  return send(color, {});
}

/** Replaces all faults of a backend of the running `pnpm dev`. @throws {UserError} if it does not run */
export function setLocalFaults(color: Color, faults: Faults): Promise<Faults> {
  return send(color, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(faults),
  });
}

async function send(
  color: Color,
  options: { method?: "PUT"; headers?: Record<string, string>; body?: string },
) {
  const url = localUrl(PORTS[color].adminPort) + FAULTS_PATH;
  try {
    const { body } = await requestText(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return v.parse(FaultsSchema, parsePlainJson(body));
  } catch (cause) {
    throw new UserError(`No faults from ${url}: does \`pnpm dev\` run on this machine, and ${color} in it?`, {
      cause,
    });
  }
}
