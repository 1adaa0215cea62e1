import type { Result, Source } from "../../src/ui/page/result.ts";

const VERSIONS: Readonly<Record<Source, string>> = {
  blue: "11.0",
  green: "12.0",
  other: "13.0",
  unknown: "",
};

/** A result of the live page, by default a success. */
export function resultOf(source: Source, overrides: Partial<Result> = {}): Result {
  const ok = overrides.ok ?? source !== "unknown";
  const version = ok ? VERSIONS[source] : "";
  return { at: 0, source, version, ok, responded: true, timing: {}, ...overrides };
}

/** Several results, such as `{ blue: 3, green: 1 }`. */
export function resultsOf(
  counts: Partial<Record<Source, number>>,
  overrides: Partial<Result> = {},
): Result[] {
  const sources: readonly Source[] = ["blue", "green", "other", "unknown"];
  return sources.flatMap((source) =>
    Array.from({ length: counts[source] ?? 0 }, () => resultOf(source, overrides)),
  );
}
