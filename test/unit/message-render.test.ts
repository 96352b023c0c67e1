/**
 * The messages themselves. Goal: each kind of news reads as its fixture, says everything in its text, calls only whom
 * the environment file names, and stays acceptable to Slack under the worst input.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import type { Incident, NotificationKind } from '../../shared/core/judge/state.ts';
import { nextSteps } from '../../shared/core/message/next-steps.ts';
import { previewLines } from '../../shared/core/message/preview.ts';
import { render, renderRoot } from '../../shared/core/message/render.ts';
import { allReasons } from '../../shared/core/reasons.ts';
import { steps } from '../../shared/core/step.ts';
import { minuteMs } from '../../shared/core/time.ts';
import { refusalOf } from '../../shared/local/slack/rules.ts';
import { hostileText } from '../support/hostile-text.ts';
import { documentFile, fixtureOf, fixturesFolder, messageOf, messagesDocument } from '../support/message-fixtures.ts';
import { bare, contextAt, incident, incidentStep, notification, staging, startMs } from '../support/sample-builders.ts';
import { samples } from '../support/sample-news.ts';

const kinds: readonly NotificationKind[] = [
  'opened',
  'changed',
  'reminder',
  'resolved',
  'latency_moved',
  'latency_recovered',
  'health_contradiction',
  'monitor_trouble',
  'monitor_recovered',
  'drill',
];

describe('the fixtures', () => {
  for (const sample of samples) {
    it(`show ${sample.name} as it is sent`, () => {
      const fixture = readFileSync(new URL(`${sample.name}.txt`, fixturesFolder), 'utf8');
      assert.equal(fixtureOf(sample), fixture, 'if it was meant: node test/support/write-messages.ts');
    });
  }

  it('are all there are, and cover every kind of news', () => {
    assert.deepEqual(readdirSync(fixturesFolder).toSorted(), samples.map(({ name }) => `${name}.txt`).toSorted());
    assert.deepEqual(new Set(samples.map(({ news }) => news.kind)), new Set(kinds));
  });

  it('are what docs/messages.md shows', () => {
    assert.equal(readFileSync(documentFile, 'utf8'), messagesDocument(), 'stale: node test/support/write-messages.ts');
  });
});

describe('the text', () => {
  for (const sample of samples) {
    it(`of ${sample.name} says every word of its blocks`, () => {
      const message = messageOf(sample);
      const text = ` ${previewLines({ ...message, blocks: [] }).join(' ')} `;
      // Bars and bold are for the eye alone.
      const seen = previewLines(message)
        .join(' ')
        .replace(/[▁-█×]{2,}|\(×\)|[*_#]|```/gu, ' ');
      const missing = seen.split(/\s+/).filter((word) => word !== '' && !text.replace(/[*_#]/g, ' ').includes(word));
      assert.deepEqual(missing, []);
    });
  }
});

describe('who is called', () => {
  for (const { name, news, context, root } of samples) {
    const isCalled = news.mention && !root && context.environment === staging;
    it(`by ${name}: ${isCalled ? 'those of the environment file' : 'nobody'}`, () => {
      const calls = JSON.stringify(messageOf({ name, when: '', news, context, root })).match(/<[!@][^>]*>/g) ?? [];
      const mentions = calls.filter((call) => !call.startsWith('<!date^'));
      assert.deepEqual(new Set(mentions), new Set(isCalled ? ['<!subteam^S0ONCALL>'] : []));
    });
  }

  it('by the root message is nobody again once it is edited', () => {
    const news = notification({ kind: 'opened', incident: brokenSocket, mention: false });
    assert.doesNotMatch(JSON.stringify(renderRoot(news, contextAt(startMs))), /subteam/);
  });
});

const brokenSocket = incident({
  firstStep: 'websocket',
  steps: { websocket: incidentStep({ reason: 'closed_early', detail: 'closed with 1000 "main cleanup"' }) },
});

/** The first words of what a reader sees. */
function firstLine(news: Parameters<typeof render>[0], nowMs = startMs): string {
  return previewLines(renderRoot(news, contextAt(nowMs)))[0] ?? '';
}

describe('the root message', () => {
  const looks = [
    ['broken', {}, '🔴 Netra staging: WebSocket is broken'],
    ['degraded', { severity: 'degraded' }, '🟠 Netra staging: WebSocket is degraded'],
    ['insecure', { severity: 'security' }, '🚨 SECURITY, Netra staging: WebSocket is insecure'],
    [
      'taken',
      { acknowledged: { by: 'Ada', reason: 'rolling back', untilMs: startMs + minuteMs } },
      '🔴 Netra staging: WebSocket is broken (Ada is on it)',
    ],
    [
      'taken until a moment ago',
      { acknowledged: { by: 'Ada', reason: 'rolling back', untilMs: startMs } },
      '🔴 Netra staging: WebSocket is broken',
    ],
    ['over', { resolvedAtMs: startMs + 42 * minuteMs }, '✅ Netra staging: works again after 47 min'],
  ] as const;
  for (const [name, change, line] of looks) {
    it(`has a look of its own when the step is ${name}`, () => {
      const news = notification({ kind: 'changed', incident: { ...brokenSocket, ...change } });
      assert.equal(firstLine(news), `## ${line}`);
    });
  }

  it('is the message itself for news outside incidents', () => {
    const news = notification({ kind: 'monitor_recovered', change: 'every step is measured again' });
    assert.deepEqual(renderRoot(news, contextAt(startMs)), render(news, contextAt(startMs)));
  });
});

describe('a message', () => {
  it('names what it stands for when earlier ones could not be delivered', () => {
    const news = notification({ kind: 'opened', incident: brokenSocket, change: 'broke; then: got worse', folded: 3 });
    const { text } = render(news, contextAt(startMs));
    assert.equal(renderRoot(news, contextAt(startMs)).text, text, 'an opening is the root of its conversation');
    assert.match(text, /So far: broke; then: got worse/);
    assert.match(text, /Stands also for 3 earlier messages that could not be delivered\./);
  });

  it('still says what changed when its incident is lost', () => {
    for (const kind of ['opened', 'changed', 'reminder', 'resolved', 'health_contradiction'] as const) {
      const { text } = render(notification({ kind, change: 'WebSocket works again' }), contextAt(startMs));
      assert.equal(text, 'Netra staging: WebSocket works again');
    }
  });

  it('gives for every reason the next step, and only commands without blanks', () => {
    for (const reason of allReasons) {
      for (const environment of [staging, bare]) {
        const broken = { agent: incidentStep({ reason, detail: 'seen' }) };
        const news = notification({ kind: 'opened', incident: incident({ firstStep: 'agent', steps: broken }) });
        const seen = previewLines(render(news, contextAt(startMs, environment))).join('\n');
        assert.ok(seen.includes(nextSteps[reason].replaceAll('*', '∗')), reason);
        assert.doesNotMatch(seen, /\{[a-z_]+\}|undefined|(?<!dev\/)null/, reason);
      }
    }
  });

  it('never offers to roll back to where it is, or to another service', () => {
    const roll = (revisionBefore: string | null): boolean => {
      const known = incidentStep({ reason: 'closed_early', detail: 'x', revisionBefore });
      const news = notification({
        kind: 'opened',
        incident: incident({ firstStep: 'websocket', steps: { websocket: known } }),
      });
      return render(news, contextAt(startMs)).text.includes('--to-revisions');
    };
    assert.equal(roll('netra-backend-staging-00412-s5g'), true);
    assert.equal(roll('netra-backend-staging-00413-k2v'), false, 'the revision that is broken');
    assert.equal(roll('netra-auth-service-00007-abc'), false);
    assert.equal(roll('a7c9e1f'), false, 'a commit is no revision');
    assert.equal(roll('netra-backend-staging-1; reboot'), false);
    assert.equal(roll(null), false);
  });
});

/** What someone who never saw the product must be able to read, case by case. */
describe('a reader who never saw the product', () => {
  const cases = [
    [
      'opened-closed-early',
      ['hung up|closed the connection', 'main cleanup', 'Code 1000 only looks normal', 'gcloud logging read'],
    ],
    ['opened-subprotocol-missing', ['browsers refuse', 'selected: none', 'must choose one', 'roll back']],
    ['opened-auth-bypassed', ['SECURITY', 'without a valid token', 'security incident', 'DEMO_MODE']],
    ['opened-canned-answer', ['stock phrase', 'no language model is at work', 'demo or mock mode']],
    ['opened-redis-degraded', ['runs without it', 'Redis', 'It can wait until morning']],
    ['opened-message-ignored', ['nothing happened, although the connection is alive', 'pong', 'message routing']],
  ] as const;
  for (const [name, words] of cases) {
    it(`finds in ${name} what it is and what to do`, () => {
      const sample = samples.find((each) => each.name === name);
      assert.ok(sample);
      const { text } = messageOf(sample);
      for (const word of words) {
        assert.match(text, new RegExp(word));
      }
      assert.match(text, /^(?:Do next|Run):/m);
    });
  }
});

describe('the worst input', () => {
  const text = hostileText(80);
  const reason = fc.constantFrom(...allReasons);
  const step = fc.constantFrom(...steps);
  const instantMs = fc.integer({ min: 0, max: 4_000_000_000_000 });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary);
  const known = fc.record({
    reason,
    detail: text,
    verdict: fc.constantFrom('fail' as const, 'degraded' as const),
    sinceMs: instantMs,
    failedRuns: fc.nat(),
    regions: fc.array(text, { maxLength: 20 }),
    healthyRegions: fc.array(text, { maxLength: 20 }),
    recoveredAtMs: maybe(instantMs),
    reasonsTold: fc.constant([]),
    evidence: fc.array(text, { maxLength: 20 }),
    traceId: maybe(text),
    revision: maybe(text),
    revisionBefore: maybe(text),
    sparklineMs: fc.array(maybe(fc.double({ min: 0, max: 1e9, noNaN: true })), { maxLength: 60 }),
  });
  const worst: fc.Arbitrary<Incident> = fc.record({
    id: text,
    openedAtMs: instantMs,
    resolvedAtMs: maybe(instantMs),
    severity: fc.constantFrom('security' as const, 'outage' as const, 'degraded' as const),
    firstStep: step,
    steps: fc.record({ auth: known, health: known, websocket: known, agent: known }, { requiredKeys: [] }),
    acknowledged: maybe(fc.record({ by: text, reason: text, untilMs: instantMs })),
    lastToldAtMs: instantMs,
    changes: fc.nat(),
    reminders: fc.nat(),
    contradictionTold: fc.boolean(),
    relapseOf: maybe(text),
  });
  const news = fc.record({
    id: text,
    kind: fc.constantFrom(...kinds),
    lane: text,
    environment: text,
    atMs: instantMs,
    // A sentence of our own: what comes from outside is only a part of it.
    change: text.map((outside) => `it changed: ${outside}`),
    step: maybe(step),
    reason: maybe(reason),
    incident: maybe(worst),
    shift: maybe(
      fc.record({
        phase: fc.constantFrom('total' as const, 'ready' as const),
        fromMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
        toMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
        sinceMs: instantMs,
        revisionBefore: maybe(text),
        revisionAfter: maybe(text),
      }),
    ),
    flow: fc.record(
      { auth: fc.constant('fail' as const), agent: fc.constant('unknown' as const) },
      { requiredKeys: [] },
    ),
    mention: fc.boolean(),
    last: fc.boolean(),
    folded: fc.nat(),
  });

  it('makes messages that Slack takes and that call nobody but those of the environment file', () => {
    fc.assert(
      fc.property(news, instantMs, fc.boolean(), (told, nowMs, root) => {
        const message = root ? renderRoot(told, contextAt(nowMs)) : render(told, contextAt(nowMs));
        assert.equal(refusalOf({ text: message.text, blocksJson: JSON.stringify(message.blocks) }), null);
        assert.ok(message.text.length <= 4_000 && message.text !== '');
        const marks = JSON.stringify(message).match(/<(?!!date\^\d+\^|https:\/\/)[^>]{0,40}/g) ?? [];
        assert.deepEqual(new Set(marks), new Set(told.mention && marks.length > 0 ? ['<!subteam^S0ONCALL'] : []));
      }),
      { numRuns: 400 },
    );
  });
});
