/**
 * The interval that holds a binomial variable of `trials` and `probability` with `confidence` (below 1). Its ends are the
 * exact quantiles, summed in logarithms, because 0.5^4000 underflows a double.
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

/** The percentile by nearest rank: `share` (0 to 1) of the values do not exceed it. Undefined for an empty list. */
export function percentile(values: readonly number[], share: number): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
