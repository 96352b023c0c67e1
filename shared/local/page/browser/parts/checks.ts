/** What a run asserted, one line a check, in the order of the path. */
import { checkTitles } from '../../../../core/checks.ts';
import type { Check, EvidenceValue } from '../../../../core/outcome.ts';
import { h } from '../dom.ts';
import { badge, latency, verdictWords } from '../words.ts';

export function checksTable(checks: readonly Check[]): HTMLElement {
  return h(
    'table',
    { class: 'checks' },
    h('caption', { class: 'hidden' }, 'Checks of the run'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ['Check', 'Verdict', 'Latency', 'What it says'].map((name) => h('th', { scope: 'col' }, name)),
      ),
    ),
    h('tbody', {}, checks.map(checkRow)),
  );
}

function checkRow(check: Check): HTMLElement {
  const { id, subject, verdict, reason, detail, latencyMs } = check;
  const evidence = Object.entries(check.evidence);
  return h(
    'tr',
    { 'data-key': `${id} ${subject ?? ''}`, 'data-mark': verdict },
    h(
      'td',
      {},
      h('p', {}, checkTitles[id], subject === null ? '' : ` (${subject})`),
      h('code', { class: 'quiet' }, id),
    ),
    h('td', {}, badge(verdict, verdictWords[verdict]), reason === null ? null : [h('br', {}), h('code', {}, reason)]),
    h('td', { class: 'number' }, latency(latencyMs)),
    h(
      'td',
      { class: 'words' },
      h('p', {}, detail),
      evidence.length === 0
        ? null
        : h(
            'details',
            { 'data-key': 'evidence' },
            h('summary', {}, 'evidence'),
            h(
              'dl',
              { class: 'evidence-list' },
              evidence.map(([key, value]) => [h('dt', {}, key.replaceAll('_', ' ')), h('dd', {}, valueText(value))]),
            ),
          ),
    ),
  );
}

export function valueText(value: EvidenceValue): string {
  if (value === null) {
    return 'none';
  }
  return typeof value === 'object' ? (value.length === 0 ? 'none' : value.join(', ')) : String(value);
}
