/** Medians and quantiles: the machine is shared, so means are never used, and ratios are those of pairs. */
import type { Figure } from './section.ts';

/** The value below which `share` of the samples lie. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const below = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (below + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

/** Median of the ratios of what was measured in the same round. */
export function medianRatio(samples: readonly number[], base: readonly number[]): number {
  return median(samples.map((sample, round) => sample / (base[round] ?? Number.NaN)));
}

/** A figure that stands alone. */
export function loneFigure(name: string, unit: Figure['unit'], value: number): Figure {
  return { name, unit, value, spread: null, ratio: null };
}

/** A figure of many samples; `base` has the samples of the same rounds that it is compared with. */
export function figureOf(
  name: string,
  unit: Figure['unit'],
  samples: readonly number[],
  base: readonly number[] | null = null,
): Figure {
  return {
    name,
    unit,
    value: median(samples),
    spread: [quantile(samples, 0.25), quantile(samples, 0.75)],
    ratio: base === null ? null : medianRatio(samples, base),
  };
}
