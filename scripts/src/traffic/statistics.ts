/**
 * The counts between which a binomial variable of `trials` and `probability` falls with `confidence` (below 1):
 * the exact quantiles, summed in logarithms, because 0.5^4000 is no number that a double can hold.
 */
export function binomialInterval(trials: number, probability: number, confidence: number): [number, number] {
  if (probability <= 0) return [0, 0];
  if (probability >= 1) return [trials, trials];
  const tail = (1 - confidence) / 2;
  const odds = Math.log(probability) - Math.log1p(-probability);
  let logMass = trials * Math.log1p(-probability);
  let cumulative = 0;
  let low: number | undefined;
  for (let count = 0; count < trials; count++) {
    cumulative += Math.exp(logMass);
    if (low === undefined && cumulative > tail) low = count;
    if (cumulative >= 1 - tail) return [low ?? count, count];
    logMass += Math.log(trials - count) - Math.log(count + 1) + odds;
  }
  return [low ?? trials, trials];
}

/** The value that `share` (0 to 1) of all values do not exceed (nearest rank); undefined of none. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
