/** News of every kind and look, with what a real run would have put into it: the source of fixtures and documents. */
import type { Environment } from '../../shared/core/environment/definition.ts';
import type { Incident, IncidentStep, LatencyShift, Notification } from '../../shared/core/judge/state.ts';
import type { RenderContext } from '../../shared/core/message/render.ts';
import { minuteMs } from '../../shared/core/time.ts';
import { backend, bare, contextAt, incident, incidentStep, notification, startMs } from './sample-builders.ts';

export interface Sample {
  /** File name and heading. */
  readonly name: string;
  /** When it is sent, for the document. */
  readonly when: string;
  readonly news: Notification;
  readonly context: RenderContext;
  /** Whether the root message is meant, as it is edited, and not the message of the news. */
  readonly root: boolean;
}

const socketBroken = { auth: 'pass', health: 'pass', websocket: 'fail', agent: 'blocked' } as const;
const agentBroken = { auth: 'pass', health: 'pass', websocket: 'pass', agent: 'fail' } as const;

const closedEarly = incidentStep({
  reason: 'closed_early',
  detail: 'closed with 1000 "main cleanup" 14 ms after the upgrade, before the first frame',
  evidence: [
    'check: The server greets with the frame of its version',
    'close code: 1000 · close reason: main cleanup · frames: 0',
    'offered: jwt-auth, jwt.[token] · selected: jwt-auth',
    'phases: dns 2 ms, tcp 11 ms, tls 24 ms, upgrade 61 ms',
    'tries: closed_early, then closed_early',
  ],
});

const noSubprotocol = incidentStep({
  reason: 'subprotocol_missing',
  detail: 'offered jwt-auth and jwt.[token], the server selected none',
  evidence: [
    'check: The negotiated subprotocol is one that was offered and wanted',
    'offered: jwt-auth, jwt.[token] · selected: none',
    'phases: dns 2 ms, tcp 11 ms, tls 24 ms, upgrade 58 ms',
  ],
});

const noInstance = incidentStep({
  reason: 'unavailable',
  detail: 'HTTP 503 with the text "Service Unavailable"',
  evidence: [
    'check: The health document answers and says that all is well (backend)',
    'request: GET https://api.staging.example.com/api/health · status: 503 · body: text · body length: 19',
    'phases: dns 2 ms, tcp 12 ms, tls 25 ms, first byte 33 ms',
  ],
  sparklineMs: [31, 29, 33, 30, 35, 28, 31, 33, null, null],
});

const closed = incident({ firstStep: 'websocket', steps: { websocket: closedEarly } });
const unsubscribed = incident({ firstStep: 'websocket', steps: { websocket: noSubprotocol } });

const worse = incident({
  openedAtMs: startMs - 35 * minuteMs,
  firstStep: 'health',
  changes: 1,
  steps: {
    health: noInstance,
    websocket: { ...noSubprotocol, sinceMs: startMs - 40 * minuteMs, failedRuns: 9 },
  },
});

const over = {
  ...worse,
  resolvedAtMs: startMs + 85 * minuteMs,
  reminders: 1,
  changes: 2,
  steps: {
    health: { ...noInstance, failedRuns: 6, recoveredAtMs: startMs + 70 * minuteMs },
    websocket: {
      ...noSubprotocol,
      sinceMs: startMs - 40 * minuteMs,
      failedRuns: 17,
      recoveredAtMs: startMs + 75 * minuteMs,
    },
  },
} satisfies Incident;

const shift: LatencyShift = {
  phase: 'ready',
  fromMs: 410,
  toMs: 1_320,
  sinceMs: startMs - 30 * minuteMs,
  revisionBefore: `${backend}-00412-s5g`,
  revisionAfter: `${backend}-00413-k2v`,
};

interface Scenario extends Partial<Notification> {
  readonly kind: Notification['kind'];
}

function sample(name: string, when: string, scenario: Scenario, afterMs = 0): Sample {
  return message(name, when, { news: notification({ atMs: startMs + afterMs, ...scenario }), root: false });
}

function root(name: string, when: string, scenario: Scenario, afterMs = 0): Sample {
  return message(name, when, { news: notification({ atMs: startMs + afterMs, ...scenario }), root: true });
}

function message(name: string, when: string, told: Pick<Sample, 'news' | 'root'>, environment?: Environment): Sample {
  return { name, when, ...told, context: contextAt(told.news.atMs, environment) };
}

function opened(step: 'auth' | 'health' | 'websocket' | 'agent', known: IncidentStep): Incident {
  return incident({ firstStep: step, steps: { [step]: known } });
}

const openings: readonly Sample[] = [
  sample('opened-closed-early', 'The server accepts the WebSocket and hangs up at once, with the code for “normal”.', {
    kind: 'opened',
    incident: closed,
    reason: 'closed_early',
    flow: socketBroken,
    mention: true,
    change: 'WebSocket is broken',
  }),
  sample('opened-subprotocol-missing', 'The server accepts the WebSocket without choosing a subprotocol.', {
    kind: 'opened',
    incident: unsubscribed,
    reason: 'subprotocol_missing',
    flow: socketBroken,
    mention: true,
    change: 'WebSocket is broken',
  }),
  sample('opened-auth-bypassed', 'Demo mode is on: a connection without a token is accepted.', {
    kind: 'opened',
    incident: {
      ...opened(
        'websocket',
        incidentStep({
          reason: 'auth_bypassed',
          detail: 'a connection without a token was accepted and greeted as user demo-use…',
          failedRuns: 1,
          sinceMs: startMs,
          evidence: [
            'check: A connection without a token is refused',
            'status: 101 · welcome user: demo-use...',
            'also: websocket.refuses_bad_token auth_bypassed',
          ],
        }),
      ),
      severity: 'security',
    },
    reason: 'auth_bypassed',
    flow: { ...socketBroken, agent: 'pass' },
    mention: true,
    change: 'WebSocket lets in whoever comes',
  }),
  sample('opened-canned-answer', 'The run shows all its events and ends with a stock phrase.', {
    kind: 'opened',
    incident: opened(
      'agent',
      incidentStep({
        reason: 'canned_answer',
        detail: 'the answer begins with a known stock phrase and does not contain what was asked for',
        evidence: [
          'check: The run is a real one, not a canned or faked one',
          'answer class: stock phrase · answer characters: 61',
          'offered: jwt-auth, jwt.[token] · selected: jwt-auth',
          'events: agent_started 402 ms, agent_thinking 503 ms, tool_executing 604 ms, tool_completed 705 ms, agent_completed 806 ms',
        ],
        sparklineMs: [18_200, 22_400, 19_900, 31_000, 20_500, 17_800, 812, 790],
      }),
    ),
    reason: 'canned_answer',
    flow: agentBroken,
    mention: true,
    change: 'Agent answer is broken',
  }),
  sample('opened-message-ignored', 'A ping is answered, and the message sets off nothing.', {
    kind: 'opened',
    incident: opened(
      'agent',
      incidentStep({
        reason: 'message_ignored',
        detail: 'no event of a run within 30 s; a ping in the meantime was answered after 48 ms',
        evidence: [
          'check: The message sets off a run',
          'sent: start_agent · frames since: heartbeat, pong · pong after: 48 ms',
          'tries: message_ignored, then message_ignored',
        ],
        sparklineMs: [18_200, 22_400, 19_900, 31_000, 20_500, 17_800, null, null],
      }),
    ),
    reason: 'message_ignored',
    flow: agentBroken,
    mention: true,
    change: 'Agent answer is broken',
  }),
  sample('opened-redis-degraded', 'Redis cannot be reached; the product runs without it.', {
    kind: 'opened',
    incident: {
      ...opened(
        'health',
        incidentStep({
          reason: 'component_degraded',
          verdict: 'degraded',
          detail: 'redis says "failed" (HTTP 200, document says "degraded")',
          failedRuns: 3,
          revisionBefore: null,
          evidence: [
            'check: A component of the product is up and fast enough (redis)',
            'word: failed · importance: optional · response: 5.03 s',
            'phases: dns 2 ms, tcp 11 ms, tls 24 ms, first byte 5.05 s',
          ],
          sparklineMs: [31, 29, 33, 30, 35, 5_030, 5_041, 5_028],
        }),
      ),
      severity: 'degraded',
    },
    reason: 'component_degraded',
    flow: { auth: 'pass', health: 'degraded', websocket: 'pass', agent: 'pass' },
    change: 'Health is degraded',
  }),
  message(
    'opened-bare',
    'The environment file names neither links nor impact nor anyone to call.',
    {
      root: false,
      news: notification({
        kind: 'opened',
        environment: 'bare',
        incident: {
          ...opened(
            'websocket',
            incidentStep({
              reason: 'refused',
              detail: 'connect ECONNREFUSED 127.0.0.1:8080',
              revision: null,
              traceId: null,
              sparklineMs: [],
            }),
          ),
          id: 'bare-t4x2k0',
          relapseOf: 'bare-t4x19c',
        },
        flow: { websocket: 'fail' },
        mention: true,
        change: 'WebSocket is broken',
      }),
    },
    bare,
  ),
];

const changes: readonly Sample[] = [
  sample(
    'changed-reason',
    'The same step is broken in another way than before.',
    {
      kind: 'changed',
      incident: opened(
        'websocket',
        incidentStep({
          reason: 'upgrade_unavailable',
          detail: 'the upgrade was answered with HTTP 503 after 35 ms',
          failedRuns: 11,
          evidence: ['check: The upgrade to WebSocket succeeds', 'status: 503', 'body: text', 'retry after: 10'],
        }),
      ),
      reason: 'upgrade_unavailable',
      flow: socketBroken,
      change: 'WebSocket has another reason now: no instance took the upgrade (HTTP 503) (before: subprotocol_missing)',
    },
    45 * minuteMs,
  ),
  sample(
    'changed-earlier-step',
    'An earlier step of the flow has joined the incident and takes the headline.',
    {
      kind: 'changed',
      incident: worse,
      step: 'health',
      reason: 'unavailable',
      flow: { auth: 'pass', health: 'fail', websocket: 'fail', agent: 'blocked' },
      mention: true,
      change:
        'Health is broken: the service is unavailable (HTTP 503): no instance ready, starting or overloaded; the first broken step is now Health',
    },
    35 * minuteMs,
  ),
  root(
    'root-with-two-steps',
    'The root message after that: edited to the present state.',
    {
      kind: 'changed',
      incident: worse,
      reason: 'unavailable',
      flow: { auth: 'pass', health: 'fail', websocket: 'fail', agent: 'blocked' },
      change: 'Health is broken too',
    },
    35 * minuteMs,
  ),
  sample(
    'changed-to-security',
    'In an open incident, data of someone else came through.',
    {
      kind: 'changed',
      incident: {
        ...opened(
          'agent',
          incidentStep({
            reason: 'isolation_breach',
            detail: 'an event carried the user id of someone else (9f31c2…, ours is 4ab0de…)',
            failedRuns: 3,
            evidence: [
              'check: All events belong to this user, thread and run',
              'event: tool_completed · foreign: user id',
            ],
          }),
        ),
        severity: 'security',
        changes: 1,
      },
      reason: 'isolation_breach',
      flow: agentBroken,
      mention: true,
      change:
        'Agent answer has another reason now: data of another user, thread or run came through this connection (before: agent_stall); it is a security finding',
    },
    15 * minuteMs,
  ),
  sample(
    'health-contradiction',
    'The health page is green while the WebSocket is broken.',
    {
      kind: 'health_contradiction',
      incident: closed,
      step: 'health',
      reason: 'health_lies',
      flow: socketBroken,
      change: 'the health documents say that all is well, while WebSocket is broken',
    },
    10 * minuteMs,
  ),
  root(
    'root-acknowledged',
    'Someone has taken the incident.',
    {
      kind: 'changed',
      incident: {
        ...closed,
        acknowledged: { by: 'Ada', reason: 'rolling back', untilMs: startMs + 120 * minuteMs },
      },
      flow: socketBroken,
      change: 'Ada has taken it',
    },
    20 * minuteMs,
  ),
  sample(
    'reminder',
    'Nothing has changed for hours.',
    {
      kind: 'reminder',
      incident: {
        ...closed,
        steps: { websocket: { ...closedEarly, failedRuns: 51 } },
      },
      flow: socketBroken,
      change: 'still not over after 4 h 15 min',
    },
    250 * minuteMs,
  ),
];

const endings: readonly Sample[] = [
  sample(
    'resolved',
    'All steps work again.',
    {
      kind: 'resolved',
      incident: over,
      change: 'over after 1 h 55 min and 23 bad runs: Health, WebSocket',
    },
    85 * minuteMs,
  ),
  root(
    'root-resolved',
    'The root message at the end.',
    {
      kind: 'resolved',
      incident: over,
      change: 'over after 1 h 55 min and 23 bad runs: Health, WebSocket',
    },
    85 * minuteMs,
  ),
];

const speed: readonly Sample[] = [
  sample('latency-moved-with-deploy', 'A latency has moved, and the revision changed at the same time.', {
    kind: 'latency_moved',
    step: 'websocket',
    reason: 'slower',
    shift,
    change: 'WebSocket takes longer: Socket ready 410 ms → 1.32 s (+222 %)',
  }),
  sample('latency-moved-without-deploy', 'A latency has moved under the same revision.', {
    kind: 'latency_moved',
    step: 'agent',
    reason: 'slower',
    shift: { ...shift, phase: 'total', fromMs: 20_100, toMs: 29_400, revisionBefore: shift.revisionAfter },
    change:
      'Agent answer takes longer: 20.1 s → 29.4 s (+46 %), most of it in First visible text (First visible text 8.1 s → 16.9 s (+109 %))',
  }),
  sample(
    'latency-recovered',
    'The latency is back where it was.',
    {
      kind: 'latency_recovered',
      step: 'websocket',
      reason: 'slower',
      shift: {
        ...shift,
        fromMs: 1_320,
        toMs: 405,
        sinceMs: startMs + 80 * minuteMs,
        revisionBefore: `${backend}-00413-k2v`,
        revisionAfter: `${backend}-00414-q9d`,
      },
      change: 'WebSocket is as fast as before: Socket ready 1.32 s → 405 ms (-69 %)',
    },
    110 * minuteMs,
  ),
];

const own: readonly Sample[] = [
  sample('monitor-credential', 'The login of the monitor itself is refused.', {
    kind: 'monitor_trouble',
    step: 'auth',
    reason: 'credential',
    change: "Log in can't be measured from us-central1: the monitor's own credential was rejected: rotate or grant it",
  }),
  sample('monitor-own-path', 'The way out of the monitor is broken.', {
    kind: 'monitor_trouble',
    step: 'websocket',
    reason: 'own_path',
    change:
      "WebSocket can't be measured from us-central1: the control endpoint is unreachable too: the monitor's own network is broken",
  }),
  sample('monitor-slack', 'Slack took no messages for a while; this comes with the first ones that arrive.', {
    kind: 'monitor_recovered',
    reason: 'slack_unavailable',
    change: 'the channel for incidents takes messages again, after it had taken none since 19:40 UTC',
  }),
  sample('monitor-state', 'The state store failed several runs; it is told as soon as it works.', {
    kind: 'monitor_trouble',
    step: 'health',
    reason: 'state_unavailable',
    change:
      'the state store failed, so that runs were measured and not judged, noticed by the runs of Health in us-central1 since 19:40 UTC',
  }),
  sample('monitor-metrics', 'Cloud Monitoring refuses what is measured.', {
    kind: 'monitor_trouble',
    step: 'health',
    reason: 'metrics_unavailable',
    change:
      'Cloud Monitoring does not take the measurements, noticed by the runs of Health in us-central1 since 19:40 UTC',
  }),
  sample('monitor-one-region', 'One region sees a failure that the others do not.', {
    kind: 'monitor_trouble',
    step: 'websocket',
    reason: 'connect_timeout',
    change:
      'WebSocket is broken as seen from europe-west1 only: no connection came about in time: packets vanish or the host is overloaded; an alert needs 2 regions, so it may be the way from there',
  }),
  sample('monitor-recovered', 'The trouble of the monitor is over.', {
    kind: 'monitor_recovered',
    step: 'auth',
    reason: 'credential',
    change: 'every step is measured again',
  }),
  sample('monitor-metrics-recovered', 'Cloud Monitoring takes what is measured again.', {
    kind: 'monitor_recovered',
    change: 'Cloud Monitoring takes the measurements again, after it had failed since 19:40 UTC',
  }),
  sample('drill', 'Someone tests the way to the channel.', {
    kind: 'drill',
    change: 'posted; it is edited and answered next',
  }),
];

export const samples: readonly Sample[] = [...openings, ...changes, ...endings, ...speed, ...own];
