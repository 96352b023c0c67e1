/** What it means that a run was watched to another end than its own. */
import type { Run } from '../../shared/core/agent/run.ts';
import { closureFailure } from '../../shared/core/close-codes.ts';
import type { AgentSettings } from '../../shared/core/environment/agent.ts';
import type { Failure } from '../../shared/core/outcome.ts';
import type { Ending } from './ending.ts';

export interface EndingFacts {
  readonly run: Run;
  readonly ending: Ending;
  readonly settings: AgentSettings;
}

/** Null when the run ended by itself, or when its end is judged elsewhere. */
export function endingFailure({ run, ending, settings }: EndingFacts): Failure | null {
  const last = run.entries.at(-1)?.event.name;
  const after = last === undefined ? 'before the first event of the run' : `after \`${last}\``;
  switch (ending.by) {
    case 'told':
    case 'quiet':
    case 'breach':
      return null;
    case 'budget':
      return {
        reason: 'probe_budget',
        detail: `the run was left ${after}: it had cost more than ${settings.tokensPerRunMax} tokens by our estimate`,
      };
    case 'error':
      return {
        reason: ending.error.class === 'rate' ? 'rate_limited' : 'agent_error',
        detail: `${after}, ${ending.error.sentence}`,
      };
    case 'bad_frame':
      return { reason: 'bad_frame', detail: `${after} came ${ending.detail}` };
    case 'closed':
      return closureFailure(ending.closure, `${after} and before the run was completed`, run.dialect.closeMeanings);
    case 'silence':
      return silenceFailure(ending, last);
    case 'deadline':
      return deadlineFailure(ending.waitedMs, settings, after);
  }
}

function silenceFailure(ending: Ending & { readonly by: 'silence' }, last: string | undefined): Failure {
  const silent =
    `${seconds(ending.silentMs)} without an event ${last === undefined ? '' : `after \`${last}\` `}`.trimEnd();
  if (ending.alive) {
    return last === undefined
      ? { reason: 'message_ignored', detail: `${silent}, while the product answers pings: the message was dropped` }
      : { reason: 'agent_stall', detail: `${silent}, while the product answers pings` };
  }
  const who = ending.transportAlive ? 'its transport still does' : 'its transport does not either';
  return { reason: 'no_pong', detail: `${silent}, and the product answers no ping; ${who}` };
}

/** Earlier parts of the probe may have used up the time; then nothing is known of the run. */
function deadlineFailure(waitedMs: number, { deadlineSeconds }: AgentSettings, after: string): Failure {
  const isFair = waitedMs * 2 >= deadlineSeconds * 1_000;
  const detail = `the run was given up ${after}, ${seconds(waitedMs)} after the question`;
  return { reason: isFair ? 'agent_timeout' : 'deadline_exceeded', detail };
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
