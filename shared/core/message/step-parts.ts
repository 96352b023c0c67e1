/** What messages say about one broken step: what was seen, what it means for users, since when, where, who acts. */
import type { IncidentStep, Notification } from '../judge/state.ts';
import { type Reason, reasonEntry } from '../reasons.ts';
import { type Step, steps } from '../step.ts';
import { durationText, minuteMs } from '../time.ts';
import type { Fact, Part } from './compose.ts';
import type { RenderContext } from './context.ts';
import { phrase } from './escape.ts';
import { actor, flowLine, instant } from './words.ts';

/** What was seen, unless it says no more than the reason. */
export function seenParts({ detail, reason }: IncidentStep): readonly Part[] {
  const isSaid = detail === '' || detail === reasonEntry(reason).sentence;
  return isSaid ? [] : [{ kind: 'paragraph', label: 'Seen:', body: phrase`${detail}` }];
}

export function impactParts(step: Step, { environment }: RenderContext): readonly Part[] {
  const impact = environment.impact[step];
  return impact === undefined ? [] : [{ kind: 'paragraph', label: 'For users:', body: phrase`${impact}` }];
}

/** The whole flow at a glance; a step that lets in too much is not called working. */
export function flowPart({ flow, incident }: Notification): Part {
  const insecure = steps.filter((step) => {
    const known = incident?.steps[step];
    return known !== undefined && known.recoveredAtMs === null && isSecurity(known.reason);
  });
  return { kind: 'paragraph', body: phrase`${flowLine(flow, insecure)}` };
}

export function isSecurity(reason: Reason): boolean {
  return reasonEntry(reason).severity === 'security';
}

export function factsOf(known: IncidentStep, { nowMs }: RenderContext): readonly Fact[] {
  const lastsMs = nowMs - known.sinceMs;
  const since = instant(known.sinceMs);
  return [
    { label: 'Since', value: lastsMs < minuteMs ? since : phrase`${since}, for ${durationText(lastsMs)}` },
    { label: known.verdict === 'fail' ? 'Failed runs' : 'Degraded runs', value: phrase`${known.failedRuns}` },
    ...regionFacts(known),
    ...revisionFacts(known),
    { label: 'Who acts', value: phrase`${actor(known.reason)}` },
  ];
}

function regionFacts({ regions, healthyRegions }: IncidentStep): readonly Fact[] {
  if (regions.length === 0) {
    return [];
  }
  const elsewhere = healthyRegions.length === 0 ? phrase`` : phrase`, not from ${healthyRegions.join(', ')}`;
  return [{ label: 'Seen from', value: phrase`${regions.join(', ')}${elsewhere}` }];
}

/** Whether it came with a deploy is the first question of everyone who is called. */
function revisionFacts({ revision, revisionBefore }: IncidentStep): readonly Fact[] {
  if (revision === null) {
    return [];
  }
  const isNew = revisionBefore !== null && revisionBefore !== revision;
  const value = isNew ? phrase`${revision}, new; before it ${revisionBefore}` : phrase`${revision}`;
  return [{ label: 'Revision', value }];
}
