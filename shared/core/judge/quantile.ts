/** Order statistics of small samples. */

/** The value below which that share of the sample lies; `sorted` is ascending and not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

export function ascending(sample: readonly number[]): readonly number[] {
  return sample.toSorted((a, b) => a - b);
}

export function median(sample: readonly number[]): number {
  return quantile(ascending(sample), 0.5);
}
