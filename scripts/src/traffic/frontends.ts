import { type Color, COLORS } from "../domain/color.ts";
import { UserError } from "../lib/errors.ts";

/** The forms of a Service's name that clients in its namespace can use. */
function namesOf(service: string, namespace: string, clusterDomain: string): string[] {
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

/**
 * The colour of each version that a frontend passes on.
 * @throws {UserError} if both colours have the same version: then the frontend's responses do not show a shift
 */
export function colorsByVersion(
  versions: Readonly<Record<Color, string | undefined>>,
  frontend: string,
): Map<string, Color> {
  const { blue, green } = versions;
  if (blue !== undefined && blue === green)
    throw new UserError(
      [
        `${frontend} shows only the version of its backend, and both colours have version ${blue}: it cannot show which colour responds.`,
        "No traffic was moved. Release another version of one colour first.",
      ].join("\n"),
    );
  return new Map(
    COLORS.flatMap((color) => (versions[color] === undefined ? [] : [[versions[color], color]])),
  );
}
