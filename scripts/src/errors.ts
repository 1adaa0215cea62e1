/** Something that its reader can mend. Its message alone is shown: what failed, and what to do next. */
export class UserError extends Error {
  override name = "UserError";
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
