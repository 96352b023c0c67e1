/** Stored state that could not be read is never passed over: people hear what may be missing because of it. */
import { cut } from '../check.ts';
import { decide, type Situation, tell } from './situation.ts';

export function tellLostState(situation: Situation, lost: readonly string[]): Situation {
  if (lost.length === 0) {
    return situation;
  }
  const { settings, outcome } = situation;
  const what = cut(lost.join('; '));
  return tell(decide(situation, 'state_lost', what), {
    id: `${settings.name}:state:${outcome.step}:${outcome.region}:${outcome.slotMs}`,
    kind: 'monitor_trouble',
    lane: `state:${outcome.step}:${outcome.slotMs}`,
    change: cut(
      `a part of the stored state could not be read and begins anew; what is still broken is told again: ${what}`,
    ),
    step: outcome.step,
    reason: 'state_invalid',
    last: true,
  });
}
