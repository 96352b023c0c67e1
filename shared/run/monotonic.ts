/** The clock of waits and bounds, which no correction of the wall clock moves; `performance` would have to be loaded. */
import process from 'node:process';

/** Milliseconds with fractions, from a moment that means nothing. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return 1e3 * seconds + nanoseconds / 1e6;
}
