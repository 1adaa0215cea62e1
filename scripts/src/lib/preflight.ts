import { UserError } from "./errors.ts";

/** Something that prevents a command from running, and what to do about it. */
export interface Problem {
  problem: string;
  remedy: string;
}

/** All problems at once, found before anything was changed. */
export class PreflightError extends UserError {
  override name = "PreflightError";

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ problem, remedy }) => `  ✗ ${problem}\n    ${remedy}`);
    super(["Not started, nothing was changed:", ...lines].join("\n"));
  }
}

/** The result of a check; undefined if it passed. */
export type Check = Promise<Problem | undefined>;

/** Waits for all checks. @returns the problems that they found */
export async function problemsOf(checks: readonly Check[]): Promise<Problem[]> {
  return (await Promise.all(checks)).filter((problem) => problem !== undefined);
}

/** Runs all checks before anything is changed. @throws {PreflightError} with every problem */
export async function preflight(checks: readonly Check[]): Promise<void> {
  const problems = await problemsOf(checks);
  if (problems.length > 0) throw new PreflightError(problems);
}
