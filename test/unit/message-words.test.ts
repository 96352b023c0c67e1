/** Words, numbers, lines, links and commands that messages are made of. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as fc from 'fast-check';

import { blanks, commands, commandsOf, filledCommands, takeCommand } from '../../shared/core/message/commands.ts';
import { link } from '../../shared/core/message/escape.ts';
import { logsUrl, runbookUrl, traceUrl } from '../../shared/core/message/links.ts';
import { nextSteps } from '../../shared/core/message/next-steps.ts';
import { blankValuesOf, cloudPlaceOf, type Scene } from '../../shared/core/message/place.ts';
import { shown } from '../../shared/core/message/preview.ts';
import { explain, failureOf } from '../../shared/core/message/slack-errors.ts';
import { sparkline } from '../../shared/core/message/sparkline.ts';
import { flowLine, latencyText } from '../../shared/core/message/words.ts';
import { allReasons } from '../../shared/core/reasons.ts';
import { hostileText } from '../support/hostile-text.ts';
import { bare, staging } from '../support/sample-builders.ts';

describe('the line of the flow', () => {
  it('joins what stands side by side by a dot and what needs the step before by an arrow', () => {
    const flow = { auth: 'pass', health: 'degraded', websocket: 'fail', agent: 'blocked' } as const;
    assert.equal(
      flowLine(flow),
      '✅ Log in works · 🟠 Health degraded → ❌ WebSocket broken → ⏸️ Agent answer not tried',
    );
  });

  it('has a word beside every mark, and calls an open door by its name', () => {
    const flow = { auth: 'inconclusive', health: 'maintenance', websocket: 'pass', agent: 'unknown' } as const;
    assert.equal(
      flowLine(flow, ['websocket']),
      '❔ Log in not measured · 🚧 Health maintenance → 🚨 WebSocket insecure → ➖ Agent answer no run yet',
    );
  });

  it('shows only the steps that an environment has', () => {
    assert.equal(flowLine({ websocket: 'pass' }), '✅ WebSocket works');
    assert.equal(flowLine({}), '');
  });
});

describe('latencyText', () => {
  for (const [ms, text] of [
    [0, '0 ms'],
    [0.44, '0.4 ms'],
    [9.96, '10 ms'],
    [47.2, '47 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1_320, '1.32 s'],
    [17_800, '17.8 s'],
    [104_400, '104 s'],
  ] as const) {
    it(`says ${text} for ${ms}`, () => assert.equal(latencyText(ms), text));
  }
});

describe('the sparkline', () => {
  it('is measured from zero, so that steady looks steady', () => {
    const line = sparkline([400, 402, 398, 401]);
    assert.equal(line?.markup, '████  4 runs, oldest first, 398 ms to 402 ms');
    assert.equal(line?.plain, '4 runs, oldest first, 398 ms to 402 ms');
  });

  it('shows a jump, and runs without a time', () => {
    assert.equal(
      sparkline([30, 30, 5_000, null])?.markup,
      '▁▁█×  4 runs, oldest first, 30 ms to 5 s, 1 without a time (×)',
    );
  });

  it('shows the latest runs only, and nothing where there is nothing to compare', () => {
    assert.match(sparkline(Array.from({ length: 60 }, () => 1))?.markup ?? '', /^█{30} {2}30 runs/);
    assert.equal(sparkline([]), null);
    assert.equal(sparkline([null, 5, null]), null);
  });

  it('takes zeros', () => assert.match(sparkline([0, 0])?.markup ?? '', /^▁▁ /));
});

const scene: Scene = {
  step: 'websocket',
  reason: 'closed_early',
  subject: null,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  revision: 'netra-backend-staging-00413-k2v',
  revisionBefore: 'netra-backend-staging-00412-s5g',
};

describe('links', () => {
  const range = { fromMs: Date.parse('2026-11-24T20:00:00Z'), toMs: Date.parse('2026-11-24T20:05:00Z') };

  it('open the logs of one run over the time of the trouble', () => {
    const url = new URL(logsUrl('netra-staging', 'netra-backend-staging', { ...range, traceId: scene.traceId }));
    const [path, ...parameters] = url.pathname.split(';');
    assert.equal(`${url.origin}${path}`, 'https://console.cloud.google.com/logs/query');
    assert.deepEqual(parameters.map(decodeURIComponent), [
      'query=trace="projects/netra-staging/traces/4bf92f3577b34da6a3ce929d0e0e4736"',
      'startTime=2026-11-24T19:55:00Z',
      'endTime=2026-11-24T20:15:00Z',
    ]);
    assert.equal(url.searchParams.get('project'), 'netra-staging');
  });

  it('open the warnings of the service where no run is meant', () => {
    const url = logsUrl('p', 'svc', { ...range, traceId: null });
    assert.match(decodeURIComponent(url), /query=resource\.labels\.service_name="svc" AND severity>=WARNING;/);
  });

  it('lead to the trace and to the entry of the runbook', () => {
    assert.equal(traceUrl('p', 'abc'), 'https://console.cloud.google.com/traces/list?project=p&tid=abc');
    assert.equal(runbookUrl(staging, 'closed_early'), `${staging.links.runbook}#closed-early`);
    assert.equal(runbookUrl(bare, 'closed_early'), null);
  });

  it('keep their form in a message, whatever the query holds', () => {
    fc.assert(
      fc.property(hostileText(), hostileText(), (project, traceId) => {
        const { markup } = link('Log', logsUrl(project, 'svc', { ...range, traceId }));
        assert.match(markup, /^<https:\/\/console\.cloud\.google\.com\/logs\/query;[^<>|\s]+\|Log>$/);
      }),
    );
  });
});

describe('the service behind a step', () => {
  const service = (change: Partial<Scene>): string | undefined =>
    cloudPlaceOf(staging, { ...scene, ...change })?.service;

  it('is that of its own settings', () => {
    assert.equal(service({ step: 'auth', reason: 'dns' }), 'netra-auth-service');
    assert.equal(service({ step: 'websocket' }), 'netra-backend-staging');
    assert.equal(service({ step: 'agent', reason: 'agent_stall' }), 'netra-backend-staging');
  });

  it('is the login service for a login that failed on the way to the socket', () => {
    assert.equal(service({ step: 'agent', reason: 'login_rejected' }), 'netra-auth-service');
  });

  it('is that of the health document which was checked, the first one if none is named', () => {
    assert.equal(service({ step: 'health', reason: 'status_word' }), 'netra-backend-staging');
    assert.equal(service({ step: 'health', reason: 'status_word', subject: 'auth' }), 'netra-auth-service');
  });

  it('is that of the health page for a health page that contradicts another step', () => {
    const { url } = blankValuesOf(staging, { ...scene, reason: 'health_lies' }, null);
    assert.equal(url, 'https://api.staging.example.com/api/health');
  });

  it('is not known where there is no step or no Cloud Run', () => {
    assert.equal(service({ step: null }), undefined);
    assert.equal(cloudPlaceOf(bare, scene), null);
  });
});

describe('commands', () => {
  it('come filled in, each under what it is for', () => {
    assert.deepEqual(filledCommands('upgrade_refused', blankValuesOf(staging, scene, null)), [
      '# what the product logged for this very run',
      `gcloud logging read 'trace="projects/netra-staging/traces/${scene.traceId}"' --project=netra-staging --limit=50`,
      '# the latest errors of the service',
      `gcloud logging read 'resource.labels.service_name="netra-backend-staging" AND severity>=ERROR' --project=netra-staging --freshness=1h --limit=30`,
    ]);
  });

  it('are left out when something is not known', () => {
    assert.deepEqual(filledCommands('closed_early', {}), []);
    assert.deepEqual(filledCommands('slack_unavailable', { environment: 'x' }), [
      '# the way to Slack, part by part',
      'npx golden-path drill --environment infra/environments/x.yaml',
    ]);
  });

  it('never carry anything that a shell would run', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const filled = filledCommands('closed_early', { project: text, region: 'r', service: 's', trace: text });
        for (const line of filled.filter((each) => !each.startsWith('#'))) {
          assert.match(line, /^[\w ./:="'>,-]+$/);
        }
      }),
      { numRuns: 1_000, examples: [['0?/'], ['a%20b'], ['a=b']] },
    );
  });

  it('take an incident, on a laptop and in the cloud, as long as everything in them is harmless', () => {
    const here = { environment: 'demo', incident: 'demo-1' };
    assert.deepEqual(takeCommand(here), [
      'npx golden-path ack --environment infra/environments/demo.yaml --incident demo-1 --reason "on it"',
    ]);
    assert.deepEqual(takeCommand({ ...here, monitor_project: 'watch', database: 'golden-path' }), [
      'GOOGLE_CLOUD_PROJECT=watch npx golden-path ack --environment infra/environments/demo.yaml --state firestore:golden-path --incident demo-1 --reason "on it"',
    ]);
    assert.match(takeCommand({ ...here, database: '(default)' }).join(), / --state firestore --incident /);
    assert.deepEqual(takeCommand({ ...here, incident: '$(reboot)' }), []);
  });

  it('are at least one for every reason, with a template that names only known blanks', () => {
    for (const reason of allReasons) {
      assert.ok(commandsOf[reason].length > 0, reason);
    }
    for (const [name, { purpose, template }] of Object.entries(commands)) {
      assert.match(purpose, /^[a-z]/i, name);
      assert.doesNotMatch(template, /\n|#/, name);
    }
    const used = new Set(Object.values(commandsOf).flat());
    assert.deepEqual(new Set(Object.keys(commands)), used, 'no command that no reason needs');
    const named = Object.values(commands).flatMap(({ template }) => template.match(/(?<=\{)[a-z_]+(?=\})/g) ?? []);
    assert.deepEqual(new Set([...named, 'database', 'incident']), new Set(blanks), 'two are for taking an incident');
  });
});

describe('next steps', () => {
  for (const reason of allReasons) {
    it(`for ${reason} are whole sentences on one line, short enough to be read at night`, () => {
      const step = nextSteps[reason];
      assert.match(step, /^[A-Z][^\n]*[.?]$/);
      assert.ok(step.length <= 240, `${step.length} characters`);
    });
  }
});

describe('the words on errors of Slack', () => {
  it('say what to do, which scope is missing, and what is not known', () => {
    assert.match(explain(failureOf('not_in_channel')), /\/invite/);
    assert.match(explain(failureOf('missing_scope', { needs: 'chat:write' })), /What is missing: chat:write\./);
    assert.match(explain(failureOf('http_503')), /^Slack answers HTTP 503\. Wait/);
    assert.match(explain(failureOf('quite_new')), /“quite_new”, which is not known here/);
  });

  it('take a word that is new for something that passes', () => {
    assert.deepEqual(failureOf('quite_new'), { result: 'unavailable', detail: 'quite_new', retryAfterMs: null });
  });
});

describe('the preview', () => {
  it('shows markup as people see it', () => {
    const markup =
      'a &lt;b&gt; &amp; <https://x.example/?a=1&amp;b=2|Logs>, 20:05 UTC (<!date^1^{time}|20:05 UTC> your time)';
    assert.equal(shown(markup), 'a <b> & Logs (https://x.example/?a=1&b=2), 20:05 UTC');
  });
});
