/** Keeps one mark a step of how the flow stands; it is what the other steps, the messages and the page see. */
import { silencedBy } from './silence.ts';
import { remember, type Rule, type Situation } from './situation.ts';
import { markOf } from './standing.ts';
import type { FlowMark } from './state.ts';

export const followFlow: Rule = (situation) => {
  const { environment, outcome } = situation;
  const mark = shownMark(situation);
  return environment.flow[outcome.step] === mark
    ? situation
    : remember(situation, { flow: { ...environment.flow, [outcome.step]: mark } });
};

function shownMark(situation: Situation): FlowMark {
  const { step, standing, outcome, settings } = situation;
  const mark = markOf(step, standing, outcome.slotMs, settings);
  const bad = mark === 'fail' || mark === 'degraded' ? mark : null;
  return bad !== null && silencedBy(outcome.step, bad, situation)?.kind === 'maintenance' ? 'maintenance' : mark;
}
