/** Removes mutes and windows whose time is over. */
import { remember, type Rule } from './situation.ts';

export const endSilences: Rule = (situation) => {
  const { environment, nowMs } = situation;
  const lasts = ({ untilMs }: { readonly untilMs: number }): boolean => nowMs < untilMs;
  return environment.mutes.every(lasts) && environment.maintenance.every(lasts)
    ? situation
    : remember(situation, {
        mutes: environment.mutes.filter(lasts),
        maintenance: environment.maintenance.filter(lasts),
      });
};
