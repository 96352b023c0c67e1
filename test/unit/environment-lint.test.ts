/** What lint finds: rules that can't fire or recover, times that don't fit, budgets that run out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { isError } from '../../shared/core/environment/finding.ts';
import { parseEnvironment } from '../../shared/core/environment/parse.ts';
import { lintEnvironment } from '../../shared/core/lint/lint.ts';
import { requestsPerAttempt } from '../../shared/core/lint/requests.ts';
import { ruleNames } from '../../shared/core/lint/rules.ts';
import { runTimes } from '../../shared/core/lint/times.ts';
import { steps } from '../../shared/core/step.ts';
import { type Change, dotted, environmentWith } from '../support/environment-file.ts';

function found(...changes: readonly Change[]): readonly string[] {
  return lintEnvironment(environmentWith(...changes)).findings.map(
    ({ severity, path, message }) => `${severity} ${dotted(path)}: ${message}`,
  );
}

/** A cadence that is too long for the history of latencies needs it switched off. */
const withoutHistory: Change = ['policy.slower', { enabled: false }];

describe('the times of a run', () => {
  it('follow from the deadline, the confirmation and the reserve', () => {
    assert.deepEqual(runTimes(environmentWith(), 'agent'), {
      deadlineSeconds: 120,
      attempts: 2,
      worstRunSeconds: 263,
      functionTimeoutSeconds: 263,
      attemptDeadlineSeconds: 293,
    });
  });

  it('are those of one attempt when nothing is confirmed', () => {
    const { attempts, worstRunSeconds } = runTimes(environmentWith(['policy.confirmAfterMs', 0]), 'auth');
    assert.deepEqual([attempts, worstRunSeconds], [1, 50]);
  });

  it('round the wait up to whole seconds', () => {
    assert.equal(runTimes(environmentWith(['policy.confirmAfterMs', 100]), 'auth').worstRunSeconds, 81);
  });

  it('end from the inside out', () => {
    for (const step of steps) {
      const times = runTimes(environmentWith(), step);
      assert.ok(times.attempts * times.deadlineSeconds < times.functionTimeoutSeconds);
      assert.ok(times.functionTimeoutSeconds < times.attemptDeadlineSeconds);
    }
  });

  it('are not to be had for a step that is not watched', () => {
    assert.throws(
      () => runTimes(environmentWith(['steps.agent', undefined]), 'agent'),
      /does not watch the step agent/,
    );
  });
});

describe('lint', () => {
  it('finds nothing wrong with a good file', () => {
    assert.deepEqual(found(), []);
  });

  for (const name of ['netra-staging', 'sandbox']) {
    it(`finds no error in ${name}.yaml`, () => {
      const parsed = parseEnvironment(readFileSync(`infra/environments/${name}.yaml`, 'utf8'), name);
      assert.ok(parsed.ok);
      assert.deepEqual(lintEnvironment(parsed.environment).findings.filter(isError), []);
    });
  }

  it('finds nothing at all in netra-staging.yaml', () => {
    const parsed = parseEnvironment(readFileSync('infra/environments/netra-staging.yaml', 'utf8'), 'x');
    assert.ok(parsed.ok);
    assert.deepEqual(lintEnvironment(parsed.environment).findings, []);
  });

  const table: readonly [says: string, changes: readonly Change[], findings: readonly string[]][] = [
    [
      'refuses runs that may outlast the cadence, with the numbers that collide and those that would fit',
      [['steps.agent.deadlineSeconds', 139]],
      [
        'error steps.agent.deadlineSeconds: a run may take 301 s (two attempts of 139 s, 3 s between them and 20 s of reserve), longer than the cadence of 300 s, allowed: at most 138, or `cadenceSeconds` of at least 301',
      ],
    ],
    [
      'says so when no deadline at all would fit',
      [
        ['cadenceSeconds', 60],
        ['policy.confirmAfterMs', 60_000],
        ['services.auth', undefined],
        ['steps', { health: { deadlineSeconds: 2, documents: [{ id: 'backend', service: 'backend' }] } }],
      ],
      [
        'error steps.health.deadlineSeconds: a run may take 84 s (two attempts of 2 s, 60 s between them and 20 s of reserve), longer than the cadence of 60 s, allowed: `cadenceSeconds` of at least 84',
      ],
    ],
    [
      'takes runs that just fit',
      [
        ['steps.agent.deadlineSeconds', 138],
        ['policy.confirmAfterMs', 4_000],
      ],
      [],
    ],
    [
      'takes runs for which the scheduler just waits',
      [
        ['cadenceSeconds', 3_600],
        ['steps.agent.deadlineSeconds', 873],
        ['policy.confirmAfterMs', 4_000],
        ['steps.auth.token.lifetimeSecondsMin', 873],
        withoutHistory,
      ],
      [],
    ],
    [
      'names no deadline of nothing as one that would fit',
      [
        ['cadenceSeconds', 60],
        ['policy.confirmAfterMs', 39_000],
        ['services.auth', undefined],
        ['steps', { health: { deadlineSeconds: 2, documents: [{ id: 'backend', service: 'backend' }] } }],
      ],
      [
        'error steps.health.deadlineSeconds: a run may take 63 s (two attempts of 2 s, 39 s between them and 20 s of reserve), longer than the cadence of 60 s, allowed: `cadenceSeconds` of at least 63',
      ],
    ],
    [
      'counts one attempt when nothing is confirmed',
      [
        ['steps.agent.deadlineSeconds', 281],
        ['policy.confirmAfterMs', 0],
      ],
      [
        'error steps.agent.deadlineSeconds: a run may take 301 s (an attempt of 281 s and 20 s of reserve), longer than the cadence of 300 s, allowed: at most 280, or `cadenceSeconds` of at least 301',
      ],
    ],
    [
      'refuses runs that outlast the scheduler',
      [['cadenceSeconds', 3_600], ['steps.agent.deadlineSeconds', 900], withoutHistory],
      [
        'error steps.agent.deadlineSeconds: a run may take 1823 s (two attempts of 900 s, 3 s between them and 20 s of reserve), longer than Cloud Scheduler waits, allowed: at most 873',
        'warning steps.auth.token.lifetimeSecondsMin: is 600: a token that is just good enough could end within an attempt of 900 s, better: at least 900',
      ],
    ],
    [
      'refuses a cadence that is no whole minutes',
      [['cadenceSeconds', 330]],
      ['error cadenceSeconds: is 330, but Cloud Scheduler knows whole minutes only, allowed: a multiple of 60'],
    ],
    [
      'refuses a cadence that does not divide an hour',
      [['cadenceSeconds', 420]],
      ['error cadenceSeconds: is 7 min, which does not divide an hour: the last gap of each hour would differ'],
    ],
    [
      'lets a product on this machine have a cadence in which no cloud could run',
      [
        ['services.auth.url', 'http://127.0.0.1:4100'],
        ['services.backend.url', 'http://127.0.0.1:4101'],
        ['cadenceSeconds', 130],
        ['steps.agent.runsPerDayMax', 2_000],
      ],
      [],
    ],
    [
      'refuses bounds that come after the deadline',
      [
        ['steps.auth.loginMsMax', 30_000],
        ['steps.health.documents.0.latencyMsMax', 20_000],
      ],
      [
        'error steps.auth.loginMsMax: is 30000, but the deadline of 30 s ends the attempt before, allowed: less than that',
        'error steps.health.documents.0.latencyMsMax: is 20000, but the deadline of 20 s ends the attempt before, allowed: less than that',
      ],
    ],
    [
      'takes waits that just fit into the deadline',
      [
        ['steps.websocket.deadlineSeconds', 20],
        ['steps.agent.deadlineSeconds', 60],
        ['steps.auth.token.lifetimeSecondsMin', 60],
      ],
      [],
    ],
    ['takes bounds just before the deadline', [['steps.auth.loginMsMax', 29_999]], []],
    [
      'warns of waits that are longer than the deadline together',
      [
        ['steps.websocket.deadlineSeconds', 19],
        ['steps.agent.deadlineSeconds', 59],
      ],
      [
        'warning steps.websocket.deadlineSeconds: is 19, but `upgradeMsMax`, `welcomeMsMax` and `pongMsMax` are 20 s together: what is slow twice ends without its reason, better: at least 20',
        'warning steps.agent.deadlineSeconds: is 59, but `firstEventMsMax` and `silenceMsMax` are 60 s together: what is slow twice ends without its reason, better: at least 60',
      ],
    ],
    [
      'warns of tokens that may end within a run',
      [['steps.auth.token.lifetimeSecondsMin', 119]],
      [
        'warning steps.auth.token.lifetimeSecondsMin: is 119: a token that is just good enough could end within an attempt of 120 s, better: at least 120',
      ],
    ],
    [
      'refuses to ask more than the product allows in a minute',
      [['limits', { requestsPerMinute: 25 }]],
      [
        'error limits.requestsPerMinute: is 25, but a region may send 26 requests in a minute in which every step fails; fewer refusals, documents or sockets would fit',
      ],
    ],
    ['takes requests that just fit', [['limits', { requestsPerMinute: 26 }]], []],
    [
      'counts the runs of a minute when the cadence is shorter',
      [
        ['services.auth.url', 'http://127.0.0.1:4100'],
        ['services.backend.url', 'http://127.0.0.1:4101'],
        ['cadenceSeconds', 20],
        ['steps', { health: { documents: [{ id: 'backend', service: 'backend' }] } }],
        ['limits', { requestsPerMinute: 5 }],
      ],
      [
        'error limits.requestsPerMinute: is 5, but a region may send 6 requests in a minute in which every step fails; fewer refusals, documents or sockets would fit',
      ],
    ],
    [
      'takes sockets that just fit',
      [
        ['limits', { socketsPerUser: 2 }],
        ['steps.websocket.crowdSockets', 2],
      ],
      [],
    ],
    [
      'refuses more sockets at once than the product allows a user',
      [
        ['limits', { socketsPerUser: 3 }],
        ['steps.websocket.crowdSockets', 4],
      ],
      [
        'error steps.websocket.crowdSockets: is 4, but the product allows a user 3: they could never all be ready, allowed: at most 3',
      ],
    ],
    [
      'warns of regions that share the sockets of one user',
      [
        ['limits', { socketsPerUser: 3 }],
        ['regions', ['a', 'b']],
      ],
      ['warning regions: 2 regions may hold 4 sockets of one user at once; the product allows 3'],
    ],
    [
      'refuses a budget that the steady state uses up',
      [['steps.agent.runsPerDayMax', 200]],
      [
        'error steps.agent.runsPerDayMax: is 200, but a day has 288 runs at a cadence of 300 s: the budget ends after 16 h 40 min, allowed: at least 288, or `cadenceSeconds` of at least 432',
      ],
    ],
    [
      'warns of a budget for exactly the steady state',
      [['steps.agent.runsPerDayMax', 288]],
      [
        'warning steps.agent.runsPerDayMax: is 288: in an outage each run is confirmed, and the budget ends after 12 h; until midnight UTC nothing more could fire or recover, better: at least 576',
      ],
    ],
    [
      'warns of a budget that an outage uses up',
      [['steps.agent.runsPerDayMax', 575]],
      [
        'warning steps.agent.runsPerDayMax: is 575: in an outage each run is confirmed, and the budget ends after 23 h 55 min; until midnight UTC nothing more could fire or recover, better: at least 576',
      ],
    ],
    ['takes a budget for a whole day of outage', [['steps.agent.runsPerDayMax', 576]], []],
    [
      'refuses maintenance that never ends',
      [
        [
          'maintenance',
          [{ from: '2026-01-01T00:00Z', to: '2036-01-01T00:00Z', expect: 'down', reason: 'x', steps: ['agent'] }],
        ],
      ],
      ['error maintenance.0: `agent` is expected to be down for 3652 d without a break, allowed: 31 d'],
    ],
    [
      'refuses maintenance that never ends, once a step that it concerns',
      [
        ['steps.websocket', undefined],
        ['steps.agent', undefined],
        ['maintenance', [{ from: '2026-01-01T00:00Z', to: '2026-03-01T00:00Z', expect: 'down', reason: 'x' }]],
      ],
      ['auth', 'health'].map(
        (step) => `error maintenance.0: \`${step}\` is expected to be down for 59 d without a break, allowed: 31 d`,
      ),
    ],
    [
      'refuses maintenance that never ends in several windows, between which nothing could fire',
      [
        [
          'maintenance',
          [
            { from: '2026-02-01T00:10Z', to: '2026-02-25T00:00Z', expect: 'down', reason: 'b', steps: ['auth'] },
            { from: '2026-01-01T00:00Z', to: '2026-02-01T00:01Z', expect: 'down', reason: 'a', steps: ['auth'] },
          ],
        ],
      ],
      ['error maintenance.1: `auth` is expected to be down for 55 d without a break, allowed: 31 d'],
    ],
    [
      'takes maintenance with room to fire in between',
      [
        [
          'maintenance',
          [
            { from: '2026-01-01T00:00Z', to: '2026-02-01T00:00Z', expect: 'down', reason: 'a', steps: ['auth'] },
            { from: '2026-02-01T00:10Z', to: '2026-02-25T00:00Z', expect: 'down', reason: 'b', steps: ['auth'] },
          ],
        ],
      ],
      [],
    ],
    [
      'warns of a step that is expected to be degraded for ever',
      [
        [
          'maintenance',
          [{ from: '2026-01-01T00:00Z', to: '2026-04-01T00:00Z', expect: 'degraded', reason: 'x', steps: ['health'] }],
        ],
      ],
      ['warning maintenance.0: `health` is expected to be degraded for 90 d without a break, allowed: 31 d'],
    ],
    [
      'warns when nobody is told',
      [['slack', undefined]],
      ['warning : has no `slack`: incidents are recorded, and nobody is told'],
    ],
    ['takes reminders that come with every run', [['policy.reminderMinutes', 5]], []],
    ['takes reminders that are switched off', [['policy.reminderMinutes', 0]], []],
    [
      'warns of reminders that are due before the next run',
      [['policy.reminderMinutes', 4]],
      ['warning policy.reminderMinutes: is 4, but reminders come with runs, every 300 s; better: at least 5, or 0'],
    ],
  ];
  for (const [says, changes, findings] of table) {
    it(says, () => {
      assert.deepEqual(found(...changes), findings);
    });
  }
});

describe('the requests of an attempt', () => {
  it('are counted as a firewall counts them', () => {
    const environment = environmentWith(
      ['control', { url: 'https://www.example.org/alive' }],
      ['steps.auth.refresh', {}],
      ['steps.health.documents.0.redirectsMax', 2],
      ['steps.websocket.checkAuthorizationCarrier', true],
      ['steps.websocket.crowdSockets', 5],
      ['services.backend.revision', { from: 'json', path: '/version', jsonPath: 'revision' }],
    );
    const counts = steps.map((step) => requestsPerAttempt(environment, step));
    // Each with the control endpoint and the revision; the login for all but `health`.
    assert.deepEqual(counts, [2 + 1 + 1 + 1 + 4, 2 + 3, 2 + 1 + 1 + 1 + 2 + 5, 2 + 1 + 1]);
  });

  it('are none for steps that are not watched', () => {
    const environment = environmentWith(['steps', { health: { documents: [{ id: 'backend', service: 'backend' }] } }]);
    assert.deepEqual(
      steps.map((step) => requestsPerAttempt(environment, step)),
      [0, 1, 0, 1],
    );
    assert.equal(requestsPerAttempt(environmentWith(['steps.health', undefined]), 'health'), 0);
  });

  it('count the keys that a login is checked with', () => {
    const environment = environmentWith(
      ['steps.auth.token.algorithms', ['ES256']],
      ['steps.auth.token.verification', { kind: 'jwks', path: '/jwks' }],
    );
    assert.equal(requestsPerAttempt(environment, 'auth'), 1 + 1 + 1 + 4);
  });

  it('do without a login where the token is made here', () => {
    const login = { kind: 'self_signed', secret: 'DEMO_JWT_SECRET', subject: 'x' };
    assert.equal(requestsPerAttempt(environmentWith(['steps.auth.login', login]), 'agent'), 1);
  });
});

describe('rules that are tried out on the judge', () => {
  it('all fire and recover in a good file, for every step', () => {
    const { trials } = lintEnvironment(environmentWith());
    const summary = trials.map(({ step, rule, firesAfterRuns, recoversAfterRuns }) => {
      assert.ok(firesAfterRuns !== null && recoversAfterRuns !== null, `${rule} of ${step}`);
      return `${step} ${rule}`;
    });
    const expected = steps.flatMap((step) =>
      ruleNames.filter((rule) => rule !== 'security' || step !== 'health').map((rule) => `${step} ${rule}`),
    );
    assert.deepEqual(summary, expected);
  });

  it('fire after as many runs as the file says', () => {
    const environment = environmentWith(
      ['policy.fire', { failures: 3, of: 4 }],
      ['policy.steps.auth', { fire: { failures: 1, of: 1 }, recoverPasses: 4 }],
      ['policy.monitorTroubleRuns', 5],
      ['regions', ['a', 'b', 'c']],
      ['policy.regionQuorum', 2],
    );
    const { trials } = lintEnvironment(environment);
    const of = (step: string, rule: string): readonly (number | null | undefined)[] => {
      const trial = trials.find((each) => each.step === step && each.rule === rule);
      return [trial?.firesAfterRuns, trial?.recoversAfterRuns];
    };
    assert.deepEqual(of('auth', 'fire'), [1, 4]);
    assert.deepEqual(of('websocket', 'fire'), [3, 2]);
    assert.deepEqual(of('websocket', 'security'), [1, 2]);
    assert.equal(of('health', 'monitor_trouble')[0], 5);
  });

  it('are refused when runs are so far apart that each starts a new process', () => {
    const findings = found(['cadenceSeconds', 1_800], ['steps.websocket', undefined], ['steps.agent', undefined]);
    assert.deepEqual(
      findings,
      ['auth', 'health'].map(
        (step) =>
          `error policy.slower: \`slower\` can never fire for \`${step}\`: runs 1800 s apart all start a new process, whose times do not count, allowed: \`cadenceSeconds\` below 900, or \`enabled: false\``,
      ),
    );
    assert.deepEqual(found(['cadenceSeconds', 1_800], withoutHistory), []);
  });

  it('are refused when a latency is told of before it could have shifted', () => {
    const findings = found(['policy.slower', { msMin: 2_000 }], ['steps.auth.loginMsMax', 2_000]);
    assert.deepEqual(findings, [
      'error policy.slower: `slower` can never fire for `auth`: 2000 ms is told of anyway, and a shift must be at least 2000 ms, allowed: `msMin` below 2000, or `enabled: false`',
    ]);
  });

  it('are refused from a quarter of an hour between runs on', () => {
    const pair: readonly Change[] = [
      ['steps.websocket', undefined],
      ['steps.agent', undefined],
    ];
    assert.equal(found(['cadenceSeconds', 900], ...pair).length, 2);
    assert.match(found(['cadenceSeconds', 900], ...pair).join(), /runs 900 s apart all start a new process/);
    assert.deepEqual(found(['cadenceSeconds', 720], ...pair), []);
  });

  it('are told of when they take more than a day', () => {
    const findings = found(
      ['cadenceSeconds', 3_600],
      withoutHistory,
      ['policy.steps.auth', { fire: { failures: 25, of: 25 } }],
      ['policy.steps.health', { fire: { failures: 24, of: 24 } }],
    );
    assert.deepEqual(findings, ['warning policy.steps.auth.fire: `fire` tells of `auth` only after 1 d 1 h (25 runs)']);
  });

  it('are tried out after all maintenance', () => {
    const maintenance = [{ from: '2026-12-20T00:00Z', to: '2027-01-17T00:00Z', expect: 'down', reason: 'winter' }];
    const { trials } = lintEnvironment(environmentWith(['maintenance', maintenance]));
    const fire = trials.filter(({ rule }) => rule === 'fire').map(({ firesAfterRuns }) => firesAfterRuns);
    assert.deepEqual(fire, [2, 2, 2, 2]);
  });

  it('are told of when the budget lets them fire only after days', () => {
    const findings = found(['steps.agent.runsPerDayMax', 2], ['policy.steps.agent', { fire: { failures: 3, of: 3 } }]);
    assert.deepEqual(
      findings.filter((finding) => finding.includes('tells of')),
      ['warning policy.steps.agent.fire: `fire` tells of `agent` only after 2 d (576 runs)'],
    );
  });

  it('are refused when the budget never lets them fire, or never recover', () => {
    const starved = found(['steps.agent.runsPerDayMax', 1], ['policy.steps.agent', { fire: { failures: 50, of: 50 } }]);
    for (const finding of [
      'error policy.steps.agent.fire: `fire` can never fire for `agent`',
      'error policy.reminderMinutes: `reminder` can never fire for `agent`',
    ]) {
      assert.ok(starved.includes(finding), starved.join('\n'));
    }
    const stuck = found(['steps.agent.runsPerDayMax', 1], ['policy.steps.agent', { recoverPasses: 50 }]);
    assert.ok(
      stuck.includes('error policy.fire: once `fire` has fired for `agent`, no sequence of passes ends it'),
      stuck.join('\n'),
    );
  });

  it('work without a login, without documents and without a socket', () => {
    const { auth } = environmentWith().steps;
    assert.deepEqual(lintEnvironment(environmentWith(['steps', { auth }])).findings, []);
    const documents = [{ id: 'backend', service: 'backend' }];
    assert.deepEqual(lintEnvironment(environmentWith(['steps', { health: { documents } }])).findings, []);
  });

  it('leave reminders and history out when they are switched off', () => {
    const { trials } = lintEnvironment(environmentWith(['policy.reminderMinutes', 0], withoutHistory));
    assert.deepEqual(
      trials.filter(({ rule }) => rule === 'reminder' || rule === 'slower'),
      [],
    );
  });
});
