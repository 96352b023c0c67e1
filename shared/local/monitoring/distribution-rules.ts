/** Rules on the value of a distribution, after the comments of google/api/distribution.proto. */
import { type Candidate, fieldError, type Rule } from './candidate.ts';
import type { ReceivedDistribution } from './received.ts';

/** Buckets of a histogram, the ones under and over the bounds included (Cloud Monitoring, "Quotas and limits"). */
const bucketsMax = 200;

/** A rule that any value but a distribution keeps. */
function rule(id: string, broken: (distribution: ReceivedDistribution) => string | null): Rule {
  return {
    id,
    broken: (candidate: Candidate) => {
      const distribution = candidate.point.value.distributionValue;
      const message = distribution === undefined ? null : broken(distribution);
      return message === null
        ? null
        : fieldError(`timeSeries[${candidate.index}].points[0].value.distribution_value`, message);
    },
  };
}

/** How many buckets the options make; 0 without a histogram. */
function bucketCount({ bucketOptions = {} }: ReceivedDistribution): number {
  const { explicitBuckets, linearBuckets, exponentialBuckets } = bucketOptions;
  if (explicitBuckets !== undefined) {
    return explicitBuckets.bounds.length + 1;
  }
  const finite = (linearBuckets ?? exponentialBuckets)?.numFiniteBuckets;
  return finite === undefined ? 0 : finite + 2;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

export const distributionRules: readonly Rule[] = [
  rule('counts_not_negative', ({ count, bucketCounts }) =>
    [count, ...bucketCounts].every((each) => each >= 0) ? null : 'Distribution counts must not be negative.',
  ),
  rule('empty_is_zero', ({ count, mean, sumOfSquaredDeviation, range }) =>
    count > 0 || (mean === 0 && sumOfSquaredDeviation === 0 && range === undefined)
      ? null
      : 'Distribution value, when |count| is zero, must have no |mean|, |sum_of_squared_deviation| and |range|.',
  ),
  rule('bounds_present', ({ bucketOptions }) =>
    bucketOptions?.explicitBuckets?.bounds.length === 0
      ? 'Distribution |explicit_buckets.bounds| must have at least one entry.'
      : null,
  ),
  rule('bounds_rise', ({ bucketOptions }) => {
    const bounds = bucketOptions?.explicitBuckets?.bounds ?? [];
    const at = bounds.findIndex((bound, index) => index > 0 && !(bound > (bounds[index - 1] ?? bound)));
    return at < 0
      ? null
      : `Distribution |explicit_buckets.bounds| entry ${at} has a value of ${bounds[at]} which is less than or equal to ` +
          `the value of entry ${at - 1}, which is ${bounds[at - 1]}.`;
  }),
  rule('linear_buckets', ({ bucketOptions }) => {
    const linear = bucketOptions?.linearBuckets;
    return linear === undefined || (linear.numFiniteBuckets > 0 && linear.width > 0)
      ? null
      : 'Distribution |linear_buckets| must have a |num_finite_buckets| and a |width| greater than 0.';
  }),
  rule('exponential_buckets', ({ bucketOptions }) => {
    const exponential = bucketOptions?.exponentialBuckets;
    return exponential === undefined ||
      (exponential.numFiniteBuckets > 0 && exponential.growthFactor > 1 && exponential.scale > 0)
      ? null
      : 'Distribution |exponential_buckets| must have |num_finite_buckets| and |scale| greater than 0 and a ' +
          '|growth_factor| greater than 1.';
  }),
  rule('bucket_limit', (distribution) =>
    bucketCount(distribution) <= bucketsMax ? null : `Distribution must have at most ${bucketsMax} buckets.`,
  ),
  rule('bucket_counts_fit', (distribution) => {
    const { length } = distribution.bucketCounts;
    const buckets = bucketCount(distribution);
    return length <= buckets
      ? null
      : `Distribution has ${length} |bucket_counts|, more than the ${buckets} buckets of its options.`;
  }),
  rule('bucket_counts_sum', (distribution) => {
    const total = sum(distribution.bucketCounts);
    return bucketCount(distribution) === 0 || total === distribution.count
      ? null
      : `Distribution has |bucket_counts| fields that sum to ${total}, which does not equal the |count| field value ` +
          `of ${distribution.count}.`;
  }),
];
