/** A context for exchanges in tests: a fresh stopwatch, a fixed trace and a deadline. */
import { startDeadline } from '../../shared/run/deadline.ts';
import type { ExchangeContext } from '../../shared/io/http.ts';
import { startStopwatch } from '../../shared/io/stopwatch.ts';

export const traceId = '0af7651916cd43dd8448eb211c80319c';

export function exchangeContext(deadlineMs = 10_000): ExchangeContext & Disposable {
  const deadline = startDeadline(deadlineMs);
  return { deadline, traceId, elapsedMs: startStopwatch(), [Symbol.dispose]: () => deadline[Symbol.dispose]() };
}
