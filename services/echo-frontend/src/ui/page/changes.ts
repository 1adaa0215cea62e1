import { countOf, type Second } from "./seconds.ts";

/** The share changed at the start of a second. */
export interface Change {
  second: number;
  /** Green's share afterwards, in percent. */
  green: number;
  /** True if it is the new weight, false if it is estimated from the responses. */
  known: boolean;
}

/** The seconds before and after a change that are compared. */
const SPAN = 5;
/** The results that each side needs. */
const ENOUGH = 20;
/** A difference in standard errors that chance shows about once in an hour of steady traffic. */
const SIGNIFICANT = 4;

/** The changes of the share: those of the weights if they are known, else those that the responses show. */
export function changesOf(seconds: readonly Second[]): Change[] {
  return seconds.some(({ weights }) => weights) ? weightChanges(seconds) : observedChanges(seconds);
}

function weightChanges(seconds: readonly Second[]): Change[] {
  const changes: Change[] = [];
  let before: number | undefined;
  for (const { number, weights } of seconds) {
    if (!weights) continue;
    if (before !== undefined && before !== weights.green)
      changes.push({ second: number, green: weights.green, known: true });
    before = weights.green;
  }
  return changes;
}

interface Candidate extends Change {
  score: number;
}

function observedChanges(seconds: readonly Second[]): Change[] {
  const candidates = seconds
    .map(({ number }) => compareAround(seconds, number))
    .filter((candidate) => candidate.score >= SIGNIFICANT)
    .toSorted((a, b) => b.score - a.score);
  const changes: Candidate[] = [];
  // The strongest of neighbours is the change. The others see a part of it.
  for (const candidate of candidates)
    if (changes.every(({ second }) => Math.abs(second - candidate.second) >= SPAN)) changes.push(candidate);
  return changes
    .map(({ second, green, known }) => ({ second, green, known }))
    .toSorted((a, b) => a.second - b.second);
}

/** Compares green's share before and after the start of a second: two proportions, in standard errors. */
function compareAround(seconds: readonly Second[], start: number): Candidate {
  const before = countBetween(seconds, start - SPAN, start);
  const after = countBetween(seconds, start, start + SPAN);
  const pooled = (before.green + after.green) / (before.total + after.total);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / before.total + 1 / after.total));
  const enough = before.total >= ENOUGH && after.total >= ENOUGH && error > 0;
  const share = after.green / after.total;
  return {
    second: start,
    green: Math.round(share * 100),
    known: false,
    score: enough ? Math.abs(share - before.green / before.total) / error : 0,
  };
}

function countBetween(seconds: readonly Second[], from: number, to: number) {
  let green = 0;
  let total = 0;
  for (const second of seconds) {
    if (second.number < from || second.number >= to) continue;
    green += countOf(second, "green");
    total += countOf(second, "green") + countOf(second, "blue");
  }
  return { green, total };
}
