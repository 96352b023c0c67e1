/** Faults that the product's own health documents tell of. */
import type { Reason } from '../../../shared/core/reasons.ts';
import { type Change, changes, edit, editBody, intercept } from '../behaviour.ts';
import { type Json, type JsonObject, objectAt } from '../json.ts';
import { json, text } from '../wire/answers.ts';
import { blockedBy, finds, type Row, rows } from './row.ts';

/** Checks its dependencies for real; the plain `/health` does not. */
const dependencies = '/api/health';

const starting = {
  status: 'unhealthy',
  message: 'Startup in progress',
  startup_in_progress: true,
  details: { phase: 'database', progress: 40 },
};

const startFailed = {
  status: 'unhealthy',
  message: 'Startup failed: database migrations did not finish',
  startup_failed: true,
};

/** A backend that is not up yet: its socket refuses, its routes fail. */
const notServing = changes(
  intercept('backend', '/ws', json(503, { error: 'service_not_ready' }, { 'retry-after': '10' })),
  intercept('backend', '/api/*', json(500, { detail: 'Internal Server Error' })),
);

function document(title: string, reason: Reason, change: Change): Row {
  return { title, change, expected: { health: finds(reason) } };
}

function field(service: 'auth' | 'backend', path: string, change: JsonObject): Change {
  return editBody(service, path, (body) => ({ ...body, ...change }));
}

function component(name: string, change: JsonObject): Change {
  return editBody('backend', dependencies, (body) => {
    const checks = objectAt(body, 'checks');
    return { ...body, checks: { ...checks, [name]: { ...objectAt(checks, name), ...change } } };
  });
}

function failed(error: string): JsonObject {
  return { status: 'failed', connected: false, response_time_ms: null, error };
}

/** The product wraps a bad document in `detail` and sends it with 503. */
const wrapped = edit('backend', dependencies, ({ body }) => ({ status: 503, body: { detail: body } }));

function withoutComponent(name: string): Change {
  return editBody('backend', dependencies, (body) => {
    const { [name]: _gone, ...checks } = objectAt(body, 'checks');
    return { ...body, checks };
  });
}

export const healthFaults = rows('health', {
  backend_503_text: {
    title: 'The whole backend answers 503 "Service Unavailable" in plain text, as Cloud Run does without an instance.',
    change: intercept('backend', '*', text(503, 'Service Unavailable')),
    expected: {
      health: finds('unavailable'),
      websocket: finds('upgrade_unavailable'),
      agent: blockedBy('upgrade_unavailable'),
    },
  },
  startup_503: {
    title: 'The backend is starting: its health document says so with 503, everything else fails.',
    change: changes(intercept('backend', '/health', json(503, starting)), notServing),
    expected: {
      health: finds('startup'),
      websocket: finds('upgrade_unavailable'),
      agent: blockedBy('upgrade_unavailable'),
    },
  },
  startup_failed: {
    title: 'The backend could not start: its health document says so with 503, everything else fails.',
    change: changes(intercept('backend', '/health', json(503, startFailed)), notServing),
    expected: {
      health: finds('startup_failed'),
      websocket: finds('upgrade_unavailable'),
      agent: blockedBy('upgrade_unavailable'),
    },
  },
  auth_database_down: document(
    'The auth service has lost its database and says so with 503.',
    'status_word',
    edit('auth', '/health', ({ body }) => ({
      status: 503,
      body: { ...objectIn(body), status: 'unhealthy', reason: 'Database connectivity failed' },
    })),
  ),
  auth_database_disconnected: document(
    'The auth service calls itself healthy and its database disconnected.',
    'assertion_failed',
    field('auth', '/health', { database_status: 'disconnected' }),
  ),
  database_down: document(
    'PostgreSQL is down: the dependencies document says so with 503.',
    'component_down',
    changes(
      component('postgresql', failed('connection refused')),
      field('backend', dependencies, { status: 'unhealthy' }),
      wrapped,
    ),
  ),
  database_slow: document(
    'PostgreSQL takes five seconds to answer and is still called healthy.',
    'component_slow',
    component('postgresql', { response_time_ms: 5_000 }),
  ),
  redis_down: document(
    'Redis is down: the dependencies document answers 200 and says degraded.',
    'component_degraded',
    changes(
      component('redis', failed('Error -3 connecting to 10.0.0.3:6379')),
      field('backend', dependencies, { status: 'degraded' }),
    ),
  ),
  clickhouse_degraded: document(
    'ClickHouse is degraded: the dependencies document answers 200 and says so.',
    'component_degraded',
    changes(component('clickhouse', { status: 'degraded' }), field('backend', dependencies, { status: 'degraded' })),
  ),
  redis_slow: document(
    'Redis takes two seconds to answer and is still called healthy.',
    'component_slow',
    component('redis', { response_time_ms: 2_000 }),
  ),
  component_vanished: document(
    'PostgreSQL is no longer in the dependencies document.',
    'component_vanished',
    withoutComponent('postgresql'),
  ),
  components_vanished: document(
    'The dependencies document has lost all of its components.',
    'component_vanished',
    editBody('backend', dependencies, ({ checks: _gone, ...rest }): JsonObject => rest),
  ),
  component_word_unknown: document(
    'Redis is in a state that nobody has agreed on.',
    'status_word_unknown',
    component('redis', { status: 'hibernating' }),
  ),
  status_degraded: document(
    'The backend calls itself degraded.',
    'status_word_degraded',
    field('backend', '/health', { status: 'degraded' }),
  ),
  status_unknown: document(
    'The backend describes itself with a word that nobody has agreed on.',
    'status_word_unknown',
    field('backend', '/health', { status: 'splendid' }),
  ),
  restarted: {
    ...document(
      'The auth service has restarted since the last run.',
      'restarted',
      field('auth', '/health', { uptime_seconds: 7.2 }),
    ),
    afterHealthyRun: true,
  },
});

function objectIn(body: JsonObject | string): Readonly<Record<string, Json>> {
  return typeof body === 'string' ? {} : body;
}
