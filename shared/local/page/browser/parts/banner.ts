/** The one sentence that matters: what is broken first, since when and what to do; or that nothing is. */
import { nextSteps } from '../../../../core/message/next-steps.ts';
import { actor, counted, sentence, stepTitles } from '../../../../core/message/words.ts';
import { durationText } from '../../../../core/time.ts';
import type { IncidentView, Overview } from '../../model/contract.ts';
import { h } from '../dom.ts';
import { ago, clockOrDay, sign } from '../words.ts';

const looks = {
  security: { words: 'is insecure', mark: 'fail' },
  outage: { words: 'is broken', mark: 'fail' },
  degraded: { words: 'works, but worse than it should', mark: 'degraded' },
} as const;

export function banner(overview: Overview): HTMLElement {
  const { incident } = overview;
  return h(
    'section',
    { class: 'banner', 'data-mark': bannerMark(overview), 'aria-labelledby': 'banner-title' },
    h(
      'div',
      // What is read out when it changes is the headline, not every number below it.
      { role: 'status', 'aria-live': 'polite', class: 'headline' },
      incident === null ? calmHeadline(overview) : incidentHeadline(incident),
    ),
    incident === null ? calmBody(overview) : incidentBody(incident, overview.nowMs),
    troubles(overview),
  );
}

function bannerMark({ incident, steps }: Overview): string {
  if (incident !== null) {
    return looks[incident.severity].mark;
  }
  return steps.some(({ mark }) => mark !== 'pass') ? 'unknown' : 'pass';
}

function calmHeadline({ steps }: Overview): readonly Node[] {
  const waiting = steps.some(({ mark }) => mark === 'unknown');
  const off = steps.filter(({ mark }) => mark !== 'pass' && mark !== 'unknown');
  const words = waiting
    ? 'The first runs are on their way'
    : off.length === 0
      ? 'The golden path works'
      : `No incident; ${off.map(({ step }) => stepTitles[step]).join(' and ')} ${off.length === 1 ? 'is' : 'are'} being watched`;
  return [h('h2', { id: 'banner-title' }, sign(off.length === 0 && !waiting ? 'pass' : 'unknown'), ' ', words)];
}

function calmBody({ steps, lastIncident, nowMs }: Overview): HTMLElement {
  const working = steps.every(({ mark }) => mark === 'pass');
  const sinceMs = Math.max(...steps.map(({ sinceMs }) => sinceMs ?? 0));
  const path = steps.map(({ step }) => stepTitles[step]).join(' → ');
  return h(
    'p',
    { class: 'banner-line' },
    working ? [`All of ${path} since ${clockOrDay(sinceMs, nowMs)}.`] : `Watched: ${path}.`,
    lastIncident === null ? '' : [' Last incident: ', lastLine(lastIncident), '.'],
  );
}

function lastLine({ firstStep, parts, openedAtMs, resolvedAtMs }: IncidentView): string {
  const reason = parts.find(({ step }) => step === firstStep)?.reason ?? '';
  const lasted = durationText((resolvedAtMs ?? openedAtMs) - openedAtMs);
  return `${stepTitles[firstStep]}, ${reason}, ${clockOrDay(openedAtMs, openedAtMs)}, for ${lasted}`;
}

function incidentHeadline({ severity, firstStep }: IncidentView): readonly Node[] {
  const { words, mark } = looks[severity];
  const security = severity === 'security' ? 'Security: ' : '';
  return [h('h2', { id: 'banner-title' }, sign(mark), ' ', `${security}${stepTitles[firstStep]} ${words}`)];
}

function incidentBody(incident: IncidentView, nowMs: number): HTMLElement {
  const first = incident.parts.find(({ step }) => step === incident.firstStep);
  if (first === undefined) {
    return h('p', {}, `Incident ${incident.id}`);
  }
  const others = incident.parts.filter(({ step }) => step !== incident.firstStep);
  return h(
    'div',
    { class: 'banner-body' },
    h('p', { class: 'reason' }, sentence(first.reason), ' ', h('code', {}, first.reason)),
    h('p', {}, h('b', {}, 'Seen: '), first.detail),
    h(
      'p',
      { class: 'facts' },
      `since ${clockOrDay(first.sinceMs, nowMs)} · `,
      ago(first.sinceMs, nowMs),
      ` · ${counted(first.failedRuns, 'bad run')} · to be mended by ${actor(first.reason)}`,
      incident.takenBy === null ? '' : ` · taken by ${incident.takenBy}`,
    ),
    others.map(({ step, reason, recoveredAtMs }) =>
      h(
        'p',
        {},
        h('b', {}, 'Also: '),
        `${stepTitles[step]}: ${sentence(reason)}${recoveredAtMs === null ? '' : ' It works again.'}`,
      ),
    ),
    incident.impact === null ? null : h('p', {}, h('b', {}, 'For users: '), incident.impact),
    h('p', {}, h('b', {}, 'Do next: '), nextSteps[first.reason]),
    h(
      'details',
      { class: 'evidence' },
      h('summary', {}, 'Evidence and commands'),
      incident.evidence.length === 0 ? null : h('pre', { tabindex: 0 }, incident.evidence.join('\n')),
      incident.commands.length === 0 ? null : h('pre', { tabindex: 0 }, incident.commands.join('\n')),
      h('p', { class: 'quiet' }, `Incident ${incident.id}`),
    ),
  );
}

function troubles({ troubles: list, nowMs }: Overview): HTMLElement | null {
  return list.length === 0
    ? null
    : h(
        'ul',
        { class: 'troubles', 'aria-label': "The monitor's own trouble" },
        list.map(({ sentence: words, sinceMs }) =>
          h('li', {}, sign('inconclusive'), ' Monitor: ', words, ` Since ${clockOrDay(sinceMs, nowMs)}.`),
        ),
      );
}
