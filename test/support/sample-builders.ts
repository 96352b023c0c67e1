/** Makes incidents and notifications as the judge makes them, with everything that a test does not care about filled in. */
import * as v from 'valibot';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Incident, IncidentStep, Notification } from '../../shared/core/judge/state.ts';
import type { RenderContext } from '../../shared/core/message/render.ts';
import { minuteMs } from '../../shared/core/time.ts';

export const startMs = Date.parse('2026-11-24T20:05:00Z');
export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

export const backend = 'netra-backend-staging';

export const staging: Environment = v.parse(environmentSchema, {
  name: 'netra-staging',
  title: 'Netra staging',
  services: {
    auth: {
      url: 'https://auth.staging.example.com',
      cloudRun: { project: 'netra-staging', region: 'us-central1', service: 'netra-auth-service' },
    },
    backend: {
      url: 'https://api.staging.example.com',
      cloudRun: { project: 'netra-staging', region: 'us-central1', service: backend },
    },
  },
  steps: {
    auth: {
      login: { kind: 'synthetic_user', keySecret: 'LOGIN_KEY', email: 'golden-path@example.com' },
      token: { verification: { kind: 'none' } },
      protectedResource: {},
    },
    health: {
      documents: [
        { id: 'backend', service: 'backend', path: '/api/health' },
        { id: 'auth', service: 'auth', path: '/health' },
      ],
    },
    websocket: {},
    agent: {},
  },
  impact: {
    auth: 'Nobody can log in.',
    health: 'Parts of the product may be missing.',
    websocket: 'Nobody can chat: the page stays at “connecting”.',
    agent: 'People can write and get no useful answer.',
  },
  slack: { channel: 'C0GOLDEN', mention: '<!subteam^S0ONCALL>' },
  links: {
    dashboard: 'https://console.cloud.google.com/monitoring/dashboards/custom/golden-path?project=watch',
    runbook: 'https://github.com/example/golden-path-synthetics/blob/main/docs/runbook.md',
  },
});

/** The least that an environment file can say: no links, no impact, nobody to call, no Cloud Run. */
export const bare: Environment = v.parse(environmentSchema, {
  name: 'bare',
  title: 'Bare',
  services: { backend: { url: 'http://127.0.0.1:8080' } },
  steps: { websocket: {} },
});

export function contextAt(nowMs: number, environment: Environment = staging): RenderContext {
  return environment === staging
    ? { environment, nowMs, monitorProject: 'watch', database: 'golden-path' }
    : { environment, nowMs, monitorProject: null };
}

export function incidentStep(known: Partial<IncidentStep> & Pick<IncidentStep, 'reason' | 'detail'>): IncidentStep {
  return {
    verdict: 'fail',
    sinceMs: startMs - 5 * minuteMs,
    failedRuns: 2,
    regions: ['us-central1'],
    healthyRegions: [],
    recoveredAtMs: null,
    reasonsTold: [known.reason],
    evidence: [],
    traceId,
    revision: `${backend}-00413-k2v`,
    revisionBefore: `${backend}-00412-s5g`,
    sparklineMs: [402, 395, 410, 388, 401, 420, 399, 397, 415, 404, null, null],
    ...known,
  };
}

export function incident(known: Partial<Incident> & Pick<Incident, 'firstStep' | 'steps'>): Incident {
  return {
    id: 'netra-staging-t4x2k0',
    openedAtMs: startMs,
    resolvedAtMs: null,
    severity: 'outage',
    acknowledged: null,
    lastToldAtMs: startMs,
    changes: 0,
    reminders: 0,
    contradictionTold: false,
    relapseOf: null,
    ...known,
  };
}

export function notification(known: Partial<Notification> & Pick<Notification, 'kind'>): Notification {
  return {
    id: `netra-staging-t4x2k0:${known.kind}`,
    lane: 'netra-staging-t4x2k0',
    environment: 'netra-staging',
    atMs: startMs,
    change: '',
    step: known.incident?.firstStep ?? null,
    reason: null,
    incident: null,
    shift: null,
    flow: { auth: 'pass', health: 'pass', websocket: 'pass', agent: 'pass' },
    mention: false,
    last: false,
    folded: 0,
    ...known,
  };
}
