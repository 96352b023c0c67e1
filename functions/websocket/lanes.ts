/** Does several things at a time, and no more: the product allows a user three connections. */

/** Results in the order of the jobs. */
export async function inLanes<T>(jobs: readonly (() => Promise<T>)[], lanes: number): Promise<readonly T[]> {
  const results = new Map<number, T>();
  const rest = jobs.entries();
  const walk = async (): Promise<void> => {
    // All lanes draw from one iterator, so that each takes the next job when it is free.
    for (const [index, job] of rest) {
      results.set(index, await job());
    }
  };
  await Promise.all(Array.from({ length: lanes }, walk));
  return jobs.flatMap((_, index) => {
    const result = results.get(index);
    return result === undefined ? [] : [result];
  });
}
