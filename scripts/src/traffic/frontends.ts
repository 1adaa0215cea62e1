import { type Color, COLORS, isColor } from "../domain/color.ts";
import { backendIn } from "../domain/echo.ts";
import { UserError } from "../lib/errors.ts";
import type { Follower } from "./switch.ts";

/** The forms of a Service's name that clients in its namespace can use. */
export function namesOf(service: string, namespace: string, clusterDomain: string): string[] {
  const qualified = `${service}.${namespace}`;
  return [service, qualified, `${qualified}.svc`, `${qualified}.svc.${clusterDomain}`];
}

/** Whether a frontend's `BACKEND` leads to a Service, by any form of its name, with any port and path. */
export function leadsTo(
  backend: string,
  service: string,
  { namespace, clusterDomain }: { namespace: string; clusterDomain: string },
): boolean {
  // A dot at the end of a name marks it as complete.
  const hostname = URL.parse(backend)?.hostname.replace(/\.$/, "") ?? "";
  return namesOf(service, namespace, clusterDomain).includes(hostname);
}

/** The colour of each version; empty if both colours have the same version. */
export type VersionColors = ReadonlyMap<string, Color>;

export function versionColors(versions: Readonly<Record<Color, string | undefined>>): VersionColors {
  const { blue, green } = versions;
  if (blue === green) return new Map();
  return new Map(
    COLORS.flatMap((color) => (versions[color] === undefined ? [] : [[versions[color], color]])),
  );
}

/** The colour of a frontend's backend: by the header x-echo-backend-color, or by the version if an older frontend has none. */
export function backendColor(header: string, body: string, colors: VersionColors): Color | undefined {
  return isColor(header) ? header : colors.get(backendIn(body));
}

/** Samples a frontend before a shift. @throws {UserError} if its responses do not show which colour responds */
export async function checkFrontend({ name, sample }: Follower, signal?: AbortSignal): Promise<void> {
  const samples = await sample(5, signal);
  if (samples.some(({ color }) => color !== undefined)) return;
  throw new UserError(
    [
      `${name} does not show which colour responds: it has no header x-echo-backend-color, and its backends' versions do not differ.`,
      `No traffic was moved. Release ${name} again, or another version of one colour.`,
    ].join("\n"),
  );
}
