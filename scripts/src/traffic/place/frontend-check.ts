import { BACKEND_COLOR_HEADER } from "../../domain/echo.ts";
import { UserError } from "../../lib/errors.ts";
import type { Follower } from "./switch.ts";

/** Samples a frontend before a shift. @throws {UserError} if its responses do not show which colour responds */
export async function checkFrontend({ name, sample }: Follower, signal?: AbortSignal): Promise<void> {
  const samples = await sample(5, signal);
  if (samples.some(({ color }) => color !== undefined)) return;
  throw new UserError(
    [
      `${name} does not show which colour responds: it has no header ${BACKEND_COLOR_HEADER}, and its backends' versions do not differ.`,
      `No traffic was moved. Release ${name} again, or another version of one colour.`,
    ].join("\n"),
  );
}
