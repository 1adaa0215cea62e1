/** Something that its reader can mend. Its message alone is shown: what failed, and what to do next. */
export class UserError extends Error {
  override name = "UserError";
  /** What the process ends with. */
  readonly exitCode: number = 1;
}

/** What stands in the way, all of it at once, each problem with its remedy. Nothing has been changed. */
export class PreflightError extends UserError {
  override name = "PreflightError";

  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(
      [
        "Not started, nothing was changed:",
        ...problems.map(({ problem, remedy }) => `  ✗ ${problem}\n    ${remedy}`),
      ].join("\n"),
    );
    this.problems = problems;
  }
}

export interface Problem {
  problem: string;
  remedy: string;
}

/** Ended by Ctrl-C, in an orderly way. */
export class InterruptedError extends UserError {
  override name = "InterruptedError";
  override readonly exitCode = 130;
}
