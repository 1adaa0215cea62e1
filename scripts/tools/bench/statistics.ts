/** The middle value. Of an even number of values, the mean of the middle two; of none, NaN. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The quantile of values, with linear interpolation; of none, NaN. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}
