/** What incidents, messages and decisions hold in detail; the timelines test when they come about. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import type { Environment } from '../../shared/core/environment/definition.ts';
import { headlined } from '../../shared/core/judge/incident-parts.ts';
import { judge, type Judgement } from '../../shared/core/judge/judge.ts';
import type { EnvironmentRecord, Incident, IncidentStep } from '../../shared/core/judge/state.ts';
import { evidenceLines } from '../../shared/core/message/evidence.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { isoUtc } from '../../shared/core/time.ts';
import { outcomeOf, type OutcomeInput, settingsWith, slot } from '../simulation/samples.ts';
import { letters, play, type Played } from '../simulation/timeline.ts';

const usual = settingsWith();

function playing(runs: Readonly<Record<string, string>>, settings: Environment = usual): Played {
  return play({ runs, settings });
}

function decisionsOf({ judgements }: Played): readonly string[] {
  return judgements.map(({ decisions }) => decisions.map(({ kind }) => kind).join(' '));
}

function details(judgement: Judgement | undefined): readonly string[] {
  return judgement?.decisions.map(({ kind, detail }) => `${kind}: ${detail}`) ?? [];
}

describe('the decisions of a run', () => {
  it('say what the step did and what became of the incident', () => {
    assert.deepEqual(decisionsOf(playing({ auth: 'PpFFGGPPDFF' })), [
      'started_afresh steady',
      'flaky',
      'below_threshold',
      'fired opened',
      'still_firing',
      'reason_changed headline_changed',
      'recovering',
      'recovered step_recovered resolved',
      'below_threshold',
      'below_threshold',
      'fired opened',
    ]);
  });

  it('carry the numbers that decided', () => {
    const { judgements } = playing({ auth: 'FDFGGPPDDD' });
    assert.deepEqual(details(judgements[0]), [
      'started_afresh: auth has no history in us-central1',
      'below_threshold: HTTP 503: 2 of 3 runs are needed',
    ]);
    assert.deepEqual(details(judgements[1]), ['below_threshold: slower than its bound: 3 of 5 runs are needed']);
    assert.equal(details(judgements[2])[0], 'fired: 2 of the last 3 runs failed');
    assert.equal(
      details(judgements[3])[0],
      'still_firing: gateway once; unavailable stays the reason until it comes again',
    );
    assert.equal(details(judgements[4])[0], 'reason_changed: from unavailable to gateway');
    assert.equal(details(judgements[5])[0], 'recovering: 1 of 2 passes in a row');
    assert.equal(details(judgements[9])[0], 'fired: 3 of the last 5 runs were degraded or worse');
  });

  it('name maintenance, mute, and what is withheld', () => {
    const window = { from: isoUtc(slot(0)), to: isoUtc(slot(9)), expect: 'down', reason: 'upgrade' } as const;
    const planned = playing({ auth: 'FF' }, settingsWith({ maintenance: [window] }));
    assert.equal(
      details(planned.judgements[1])[1],
      'suppressed_by_maintenance: auth is not well (unavailable): maintenance until 2026-11-23T00:45:00Z (upgrade) expects it',
    );
    assert.equal(planned.environment.flow.auth, 'maintenance');
  });

  it('say that nobody can be told without a channel, and do not pile messages up', () => {
    const { slack: _, ...silent } = usual;
    const { judgements, environment, notifications } = playing({ auth: 'FF' }, silent);
    assert.match(details(judgements[1]).at(-1) ?? '', /^opened|^no_channel: nobody is told of "Log in is broken/);
    assert.deepEqual(environment.outbox, []);
    assert.equal(notifications.length, 1);
    assert.equal(notifications[0]?.mention, false);
  });
});

describe('a run that passes at the second try', () => {
  const marks = (input: OutcomeInput): unknown => {
    const outcome = outcomeOf('auth', 0, input);
    const { step } = judge({ step: null, environment: null, outcome, settings: usual, nowMs: outcome.endedAtMs });
    const mark = step?.regions['us-central1']?.window[0];
    return [mark?.verdict, mark?.reason];
  };
  const [first] = letters.p.attempts;
  const second = { ...first, verdict: 'pass', reason: null } as const;

  it('is kept with what went wrong at the first', () => {
    assert.deepEqual(marks({ flaky: true, attempts: [first, second] }), ['pass', 'reset']);
    assert.deepEqual(marks({ flaky: true, attempts: [] }), ['pass', null]);
  });

  it('is kept with its own reason when it did not fail, or is degraded in the end', () => {
    assert.deepEqual(marks({ reason: 'restarted', attempts: [first] }), ['pass', 'restarted']);
    assert.deepEqual(marks({ flaky: true, verdict: 'degraded', reason: 'slow', attempts: [first] }), [
      'degraded',
      'slow',
    ]);
  });
});

describe('the streaks of a step', () => {
  it('count runs that work, and begin anew with one that does not', () => {
    const region = (line: string) => playing({ websocket: line, auth: 'F' }).steps.websocket?.regions['us-central1'];
    assert.equal(region('BB')?.blockedInRow, 2);
    assert.equal(region('BBP')?.blockedInRow, 0);
    assert.deepEqual([region('PDPp')?.worksInRow, region('PDPp')?.passesInRow], [4, 0]);
    assert.deepEqual([region('PPF')?.worksInRow, region('PPF')?.passesInRow], [0, 0]);
  });

  it('ease an outage after as many runs as a recovery takes', () => {
    const settings = settingsWith({ policy: { recoverPasses: 3 } });
    assert.deepEqual(playing({ auth: 'FFPD' }, settings).told, ['1 opened auth @']);
    assert.deepEqual(playing({ auth: 'FFPDD' }, settings).told, ['1 opened auth @', '4 changed auth']);
  });

  it('count relapses, up to three', () => {
    const often = playing({
      auth: ['FF', 'PP', 'FF', 'PPPP', 'FF', 'P'.repeat(8), 'FF', 'P'.repeat(12), 'FF'].join(''),
    });
    assert.equal(often.steps.auth?.regions['us-central1']?.relapses, 3);
    assert.equal(playing({ auth: 'FF' }).steps.auth?.regions['us-central1']?.relapses, 0);
  });

  it('count every bad run of what fires', () => {
    const runs = (line: string) => playing({ auth: line }).steps.auth?.regions['us-central1']?.firing?.runs;
    assert.equal(runs('FF'), 2);
    assert.equal(runs('FPFF'), 3);
    assert.equal(runs('DDDFF'), 5);
    assert.equal(runs('FFDD'), 4);
    assert.equal(runs('FFGGF'), 5);
    assert.equal(runs('FFPpF'), 4);
  });

  it('leave a degradation its reason and its sentence while runs fail below the threshold of an outage', () => {
    const settings = settingsWith({ policy: { fire: { failures: 5, of: 5 } } });
    const firing = playing({ auth: 'DDDFF' }, settings).steps.auth?.regions['us-central1']?.firing;
    assert.deepEqual([firing?.verdict, firing?.reason, firing?.detail], ['degraded', 'slow', 'slower than its bound']);
  });

  it('are unsteady by the last twelve runs, not by more', () => {
    assert.deepEqual(playing({ auth: 'pPpPpPpPpPPPp' }).told, []);
    assert.deepEqual(playing({ auth: 'PpPpPpPpPPPp' }).told, []);
    assert.deepEqual(playing({ auth: 'pPpPpPpPpPPp' }).told, ['11 opened auth']);
  });

  it('give a degradation its milder reason when it has one', () => {
    const opened = playing({ auth: 'DDF' }).notifications[0];
    assert.equal(opened?.reason, 'slow');
    assert.equal(opened?.incident?.steps.auth?.detail, 'it works, slower than its bound');
    const failures = settingsWith({ policy: { fire: { failures: 5, of: 5 } } });
    const onlyFailures = playing({ auth: 'FFF' }, failures).notifications[0];
    assert.deepEqual([onlyFailures?.reason, onlyFailures?.incident?.severity], ['unavailable', 'degraded']);
  });
});

describe('an incident', () => {
  const opened = playing({ auth: 'PPFF' }).notifications[0] ?? assert.fail();
  const incident = opened.incident ?? assert.fail();

  it('is named after its environment and slot, the same for everyone who judges the run', () => {
    assert.equal(incident.id, `acme-${Math.floor(slot(3) / 1_000).toString(36)}`);
    assert.equal(opened.id, `${incident.id}:opened`);
    assert.equal(opened.lane, incident.id);
    assert.equal(opened.folded, 0);
    assert.equal(
      opened.change,
      'Log in is broken: the service is unavailable (HTTP 503): no instance ready, starting or overloaded',
    );
  });

  it('knows since when, how often, at which revision, and how the runs before looked', () => {
    const { environment } = playing({ auth: 'PPFF' });
    assert.deepEqual(environment.incident?.steps.auth, {
      reason: 'unavailable',
      detail: 'HTTP 503',
      verdict: 'fail',
      sinceMs: slot(2),
      failedRuns: 2,
      regions: ['us-central1'],
      healthyRegions: [],
      recoveredAtMs: null,
      reasonsTold: ['unavailable'],
      evidence: evidenceLines(outcomeOf('auth', 3, letters.F)),
      traceId: '0'.repeat(32),
      revision: 'r-1',
      revisionBefore: 'r-1',
      sparklineMs: [200, 200, 200, 200],
    });
  });

  it('names the revision before the fault', () => {
    const revised = (index: number): OutcomeInput => ({
      revision: index < 3 ? 'r-1' : 'r-2',
      ...(index < 3 ? {} : letters.F),
    });
    let kept: Judgement | null = null;
    for (let index = 0; index < 5; index += 1) {
      const outcome = outcomeOf('auth', index, revised(index));
      kept = judge({
        step: kept?.step ?? null,
        environment: kept?.environment ?? null,
        outcome,
        settings: usual,
        nowMs: outcome.endedAtMs,
      });
    }
    const part = kept?.notifications[0]?.incident?.steps.auth;
    assert.deepEqual([part?.revisionBefore, part?.revision], ['r-1', 'r-2']);
  });

  it('shows the last twenty-four runs', () => {
    const { environment } = playing({ auth: `${'P'.repeat(40)}FF` });
    assert.equal(environment.incident?.steps.auth?.sparklineMs.length, 24);
  });

  it('counts every bad run, and the changes and reminders that were told', () => {
    const settings = settingsWith({ policy: { reminderMinutes: 15 } });
    const { environment } = playing({ auth: 'FFFGGFFFF' }, settings);
    const open = environment.incident ?? assert.fail();
    assert.deepEqual([open.steps.auth?.failedRuns, open.changes, open.reminders], [9, 1, 1]);
    assert.deepEqual(open.steps.auth?.reasonsTold, ['unavailable', 'gateway']);
  });

  it('says how long it was and how many runs were bad when it is over', () => {
    const { notifications } = playing({ auth: 'FFFPP', websocket: 'PFFFPP' });
    const over = notifications.at(-1);
    assert.equal(over?.change, 'over after 20 min and 6 bad runs: Log in, WebSocket');
    assert.equal(over.incident?.resolvedAtMs, over.atMs);
    assert.equal(over.incident.steps.auth?.recoveredAtMs, slot(3));
    assert.equal(over.incident.steps.websocket?.recoveredAtMs, slot(4));
    assert.equal(over.last, true);
    const single = playing({ auth: 'SPP' }).notifications.at(-1);
    assert.equal(single?.change, 'over after 5 min and 1 bad run: Log in');
  });

  it('points at the one before it when the same step breaks again within the hour', () => {
    const quick = playing({ auth: 'FFPPFF' });
    assert.equal(quick.environment.incident?.relapseOf, quick.environment.lastIncident?.id);
    assert.match(quick.notifications.at(-1)?.change ?? '', /^again Log in is broken/);
    const twelveLater = playing({ auth: `FFPP${'P'.repeat(10)}FF` });
    assert.equal(twelveLater.environment.incident?.relapseOf, twelveLater.environment.lastIncident?.id);
    assert.equal(twelveLater.steps.auth?.regions['us-central1']?.relapses, 1);
    const thirteenLater = playing({ auth: `FFPP${'P'.repeat(11)}FF` });
    assert.equal(thirteenLater.environment.incident?.relapseOf, null);
    assert.equal(thirteenLater.steps.auth?.regions['us-central1']?.relapses, 0);
    assert.equal(playing({ auth: 'FFPP', websocket: 'PPPPPFF' }).environment.incident?.relapseOf, null);
  });

  it('tells everything that is different now in one sentence', () => {
    const { notifications } = playing({ auth: 'PPPFFPP', websocket: 'PFFFFFF', health: '' }, settingsWith());
    assert.deepEqual(
      notifications.map(({ change }) => change),
      [
        'WebSocket is broken: the service is unavailable (HTTP 503): no instance ready, starting or overloaded',
        'Log in is broken: the service is unavailable (HTTP 503): no instance ready, starting or overloaded; the first broken step is now Log in',
        'Log in works again; the first broken step is now WebSocket',
      ],
    );
    const reasons = playing({ auth: 'FFGG' }).notifications.at(-1);
    assert.equal(
      reasons?.change,
      'Log in has another reason now: the load balancer got no good answer from the service (HTTP 502 or 504) (before: unavailable)',
    );
    const worse = playing({ auth: 'DDDFF' }).notifications;
    assert.match(worse[0]?.change ?? '', /^Log in works, but worse than it should: it works, slower than its bound$/);
    assert.match(worse[1]?.change ?? '', /; it is an outage$/);
    assert.match(
      playing({ auth: 'FFDD' }).notifications[1]?.change ?? '',
      /; it is a degradation, no longer an outage$/,
    );
    assert.match(playing({ auth: 'FFS' }).notifications[1]?.change ?? '', /; it is a security finding$/);
  });

  it('says who sees it and who does not, and what that may mean', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const seen = playing({ 'auth@us-central1': 'FF', 'auth@europe-west1': 'PP' }, settings);
    assert.match(seen.notifications[0]?.change ?? '', /overloaded; seen from us-central1 only, not from europe-west1$/);
    const path = playing({ 'auth@us-central1': 'NN', 'auth@europe-west1': 'PP' }, settings);
    assert.match(path.notifications[0]?.change ?? '', /only, not from europe-west1: it may be the way from there$/);
  });

  it('keeps the reason that was told as long as some region sees it', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const both = playing({ 'auth@us-central1': 'FFFFF', 'auth@europe-west1': 'GGGGG' }, settings);
    assert.deepEqual(
      both.notifications.map(({ kind, reason }) => [kind, reason]),
      [['opened', 'unavailable']],
    );
    assert.equal(
      both.environment.incident?.steps.auth?.detail,
      'the service is unavailable (HTTP 503): no instance ready, starting or overloaded',
    );
    const changed = playing({ 'auth@us-central1': 'FFFPP.', 'auth@europe-west1': 'GGGGGG' }, settings);
    assert.deepEqual(
      changed.notifications.map(({ kind, reason }) => [kind, reason]),
      [
        ['opened', 'unavailable'],
        ['changed', 'gateway'],
      ],
    );
  });

  it('tells a security finding of one region although another names a milder reason', () => {
    const settings = settingsWith({ regions: ['us-central1', 'europe-west1'] });
    const { notifications } = playing({ 'auth@us-central1': 'FFF', 'auth@europe-west1': 'PPS' }, settings);
    assert.deepEqual(
      notifications.map(({ kind, reason, mention }) => [kind, reason, mention]),
      [
        ['opened', 'unavailable', true],
        ['changed', 'auth_bypassed', true],
      ],
    );
  });

  it('stays a security finding until the step passes, whatever else is found meanwhile', () => {
    const { environment, notifications } = playing({ auth: 'SFFFGG' });
    assert.equal(environment.incident?.severity, 'security');
    assert.equal(environment.incident.steps.auth?.reason, 'auth_bypassed');
    assert.equal(notifications.length, 1);
  });

  it('tells no more than eight reasons of one step', () => {
    const reasons: readonly Reason[] = [
      'dns',
      'refused',
      'unreachable',
      'reset',
      'connect_timeout',
      'tls_timeout',
      'tls_expired',
      'tls_other',
      'not_json',
      'redirected',
    ];
    let kept: Judgement | null = null;
    const told: string[] = [];
    for (let index = 0; index < 2 * reasons.length; index += 1) {
      const reason = reasons[Math.floor(index / 2)] ?? 'dns';
      const outcome = outcomeOf('auth', index, { verdict: 'fail', reason, detail: reason });
      kept = judge({
        step: kept?.step ?? null,
        environment: kept?.environment ?? null,
        outcome,
        settings: { ...usual, policy: { ...usual.policy, reminderMinutes: 0 } },
        nowMs: outcome.endedAtMs,
      });
      told.push(...kept.notifications.map((each) => String(each.reason)));
    }
    assert.deepEqual(told, reasons.slice(0, 8));
  });

  it('calls for nobody below the severities of the file, and for nobody where none is named', () => {
    assert.equal(playing({ auth: 'DDD' }).notifications[0]?.mention, false);
    const calm = settingsWith({ slack: { channel: '#a', mention: '<!here>', mentionSeverities: ['security'] } });
    assert.deepEqual(
      playing({ auth: 'FFS' }, calm).notifications.map(({ mention }) => mention),
      [false, true],
    );
    const nobody = settingsWith({ slack: { channel: '#a' } });
    assert.equal(playing({ auth: 'FF' }, nobody).notifications[0]?.mention, false);
  });

  it('loses its acknowledgement when it gets graver, and keeps it otherwise', () => {
    const acknowledge = (record: EnvironmentRecord): EnvironmentRecord => ({
      ...record,
      incident:
        record.incident === null
          ? null
          : { ...record.incident, acknowledged: { by: 'ada', reason: 'on it', untilMs: slot(99) } },
    });
    const graver = play({ settings: usual, runs: { auth: 'DDDFF' }, before: { 3: acknowledge } });
    assert.equal(graver.environment.incident?.acknowledged, null);
    const same = play({ settings: usual, runs: { auth: 'FFFGG' }, before: { 2: acknowledge } });
    assert.equal(same.environment.incident?.acknowledged?.by, 'ada');
  });
});

describe('the first broken step', () => {
  const part = (verdict: 'fail' | 'degraded', reason: Reason = 'unavailable'): IncidentStep => ({
    ...(playing({ auth: 'FF' }).environment.incident?.steps.auth ?? assert.fail()),
    verdict,
    reason,
  });
  const base: Incident = playing({ auth: 'FF' }).environment.incident ?? assert.fail();

  it('is the first in the flow of the gravest', () => {
    const lead = (steps: Incident['steps']): readonly string[] => {
      const { firstStep, severity } = headlined({ ...base, steps });
      return [firstStep, severity];
    };
    assert.deepEqual(lead({ auth: part('degraded'), websocket: part('fail'), agent: part('fail') }), [
      'websocket',
      'outage',
    ]);
    assert.deepEqual(lead({ auth: part('fail'), agent: part('fail', 'isolation_breach') }), ['agent', 'security']);
    assert.deepEqual(lead({ health: part('degraded'), agent: part('degraded') }), ['health', 'degraded']);
    assert.deepEqual(lead({ auth: { ...part('fail'), recoveredAtMs: 1 }, agent: part('fail') }), ['agent', 'outage']);
    assert.deepEqual(lead({ auth: { ...part('fail'), recoveredAtMs: 1 } }), [base.firstStep, base.severity]);
  });
});

describe('an incident whose record was lost', () => {
  it('is told as over all the same, once', () => {
    const { steps } = playing({ auth: 'FFP' });
    const outcome = outcomeOf('auth', 3);
    const judgement = judge({
      step: steps.auth ?? null,
      environment: null,
      outcome,
      settings: usual,
      nowMs: outcome.endedAtMs,
    });
    assert.deepEqual(
      judgement.notifications.map(({ kind, change, last, incident }) => ({ kind, change, last, incident })),
      [
        {
          kind: 'resolved',
          change: 'Log in works again; the record of its incident was lost, so this is all that is known of it',
          last: true,
          incident: null,
        },
      ],
    );
    assert.equal(judgement.step?.incidentId, null);
  });

  it('is opened anew while the step is still broken', () => {
    const { steps } = playing({ auth: 'FF' });
    const outcome = outcomeOf('auth', 2, letters.F);
    const { notifications, step } = judge({
      step: steps.auth ?? null,
      environment: null,
      outcome,
      settings: usual,
      nowMs: outcome.endedAtMs,
    });
    assert.deepEqual(
      notifications.map(({ kind }) => kind),
      ['opened'],
    );
    assert.equal(step?.incidentId, notifications[0]?.incident?.id);
    assert.equal(notifications[0]?.incident?.steps.auth?.sinceMs, slot(0));
  });

  it('is not opened by a run that measured nothing', () => {
    const { steps } = playing({ auth: 'FF' });
    const outcome = outcomeOf('auth', 2, letters.I);
    assert.deepEqual(
      judge({ step: steps.auth ?? null, environment: null, outcome, settings: usual, nowMs: outcome.endedAtMs })
        .notifications,
      [],
    );
  });
});

describe('the word of the health document', () => {
  const kinds = (runs: Readonly<Record<string, string>>, settings: Environment = usual): readonly string[] =>
    playing(runs, settings).notifications.map(({ kind, reason }) => `${kind} ${reason}`);

  it('is held against an outage of the product only', () => {
    assert.ok(kinds({ health: 'PPPP', websocket: 'PFFF' }).includes('health_contradiction health_lies'));
    for (const line of ['PNNN', 'PDDDDD', 'PSSS']) {
      assert.deepEqual(
        kinds({ health: 'PPPPPP', websocket: line }).filter((each) => each.startsWith('health')),
        [],
      );
    }
  });

  it('is held against it by a run of the health step that passes, not by one that does not', () => {
    assert.deepEqual(
      kinds({ health: 'PDDI', websocket: 'PFFF' }).filter((each) => each.startsWith('health')),
      [],
    );
  });

  it('is no false alarm while another step is not well, unmeasured or not yet run', () => {
    const alarm = (others: Readonly<Record<string, string>>): boolean =>
      kinds({ health: 'FFFFFF', ...others }).includes('health_contradiction health_alarmist');
    assert.ok(alarm({ auth: 'PPPPPP', websocket: 'PPPPPP', agent: 'PPPPPP' }));
    assert.ok(!alarm({ auth: 'PPPPPP', websocket: 'PPPPPP' }));
    assert.ok(!alarm({ auth: 'PPPPPP', websocket: 'PPPPPP', agent: 'IIIIII' }));
    assert.ok(!alarm({ auth: 'PPPPPP', websocket: 'PPPPPP', agent: 'FFFFFF' }));
    assert.ok(!alarm({ auth: 'PPP', websocket: 'PPP', agent: 'PPP', health: 'FFF' }));
  });

  it('is no false alarm when health is only degraded, or when it is the only step', () => {
    assert.ok(
      !kinds({ health: 'DDDDDDDD', auth: 'PPPPPPPP', websocket: 'PPPPPPPP', agent: 'PPPPPPPP' }).some((each) =>
        each.startsWith('health'),
      ),
    );
    const alone: Environment = { ...usual, steps: { health: usual.steps.health ?? assert.fail() } };
    assert.ok(!kinds({ health: 'FFFFFF' }, alone).some((each) => each.startsWith('health')));
  });

  it('is a false alarm at the very moment at which two slots have gone by, also of two steps only', () => {
    const { auth, health } = usual.steps;
    const two: Environment = { ...usual, steps: { auth: auth ?? assert.fail(), health: health ?? assert.fail() } };
    assert.deepEqual(playing({ auth: 'PPPPPP', health: 'PFFFFF' }, two).told, [
      '2 opened health @',
      '4 health_contradiction health',
    ]);
  });

  it('is not asked for where there is none', () => {
    const { health: _, ...steps } = usual.steps;
    assert.deepEqual(kinds({ health: 'PPPP', websocket: 'PFFF' }, { ...usual, steps }), ['opened unavailable']);
  });
});
