/** What agent runs may cost: questions a day, and an estimate of the model tokens of one run. */
import type { ProbeMemory } from '../outcome.ts';
import { dayUtc } from '../time.ts';

const dayKey = 'budget_day';
const runsKey = 'budget_runs';

/** Questions asked today (UTC), as far as this step remembers. */
export function runsToday(memory: ProbeMemory, nowMs: number): number {
  const runs = memory[runsKey];
  return memory[dayKey] === dayUtc(nowMs) && typeof runs === 'number' ? runs : 0;
}

/** The memory after one more question. */
export function withRun(memory: ProbeMemory, nowMs: number): ProbeMemory {
  return { ...memory, [dayKey]: dayUtc(nowMs), [runsKey]: runsToday(memory, nowMs) + 1 };
}

/** English text has about four characters to a token, in the common models. */
const charactersPerToken = 4;

/** Tokens that the visible text stands for. What a model reads and thinks unseen comes on top: a lower bound. */
export function estimatedTokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}
