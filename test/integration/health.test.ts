/** The health probe against real servers whose documents say everything that documents say. */
import assert from 'node:assert/strict';
import type { RequestListener, ServerResponse } from 'node:http';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import { probeHealth } from '../../functions/health/probe.ts';
import { summarise } from '../../shared/core/check.ts';
import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import type { Check, Measurement, ProbeMemory } from '../../shared/core/outcome.ts';
import type { Reason } from '../../shared/core/reasons.ts';
import { Secret } from '../../shared/core/secret.ts';
import { createCertificates } from '../sandbox/wire/certificates.ts';
import { httpServer, httpsServer, tcpServer } from '../support/loopback-server.ts';
import { runProbe } from '../support/run-probe.ts';

interface Told {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers every path with the document of that name. */
function telling(documents: Readonly<Record<string, Told>>): RequestListener {
  return (request, response: ServerResponse) => {
    const { status = 200, body = {}, headers = {} } = documents[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

function environment(
  origin: string,
  documents: readonly object[],
  health: object = {},
  rest: object = {},
): Environment {
  return v.parse(environmentSchema, {
    name: 'unit',
    title: 'Unit',
    services: { backend: { url: origin } },
    steps: { health: { documents: documents.map((document) => ({ service: 'backend', ...document })), ...health } },
    ...rest,
  });
}

async function measure(told: Told, document: object, memory: ProbeMemory = {}) {
  await using server = await httpServer(telling({ '/health': told }));
  const measurement = await runProbe(probeHealth, {
    environment: environment(server.origin, [{ id: 'backend', ...document }]),
    memory,
  });
  return { measurement, summary: summarise(measurement.checks) };
}

function checkOf({ checks }: Measurement, id: Check['id'], subject?: string): Check {
  const found = checks.find((check) => check.id === id && (subject === undefined || check.subject === subject));
  assert.ok(found, `there is no check ${id}`);
  return found;
}

function troubles({ checks }: Measurement): readonly (readonly [string, Reason])[] {
  return checks.flatMap(({ id, subject, reason }) => (reason === null ? [] : [[`${id} ${subject}`, reason] as const]));
}

describe('A health document', () => {
  const word = { statusPath: 'status' };
  const bad = 'health.document backend';
  const cases: readonly (readonly [string, Told, object, Reason | null])[] = [
    ['that says healthy', { body: { status: 'healthy' } }, word, null],
    ['that shouts OK', { body: { status: 'OK' } }, word, null],
    ['with a word of the file', { body: { status: 'green' } }, { ...word, words: { green: 'pass' } }, null],
    ['with a boolean for a word', { body: { status: true } }, word, null],
    ['that answers, with nothing agreed', { body: { hello: 'world' } }, {}, null],
    ['that is a text, where that is fine', { body: 'fine' }, { body: 'text' }, null],
    ['that is a page, where anything is fine', { body: '<html>fine</html>' }, { body: 'any', ...word }, null],
    ['that is empty, where anything is fine', { body: '' }, { body: 'any' }, null],
    ['with a status of the file', { status: 204, body: '' }, { statuses: [204], body: 'any' }, null],
    ['wrapped, where the file says so', { body: { detail: { status: 'ok' } } }, { ...word, rootPath: 'detail' }, null],
    ['not wrapped, although the file says so', { body: { status: 'ok' } }, { ...word, rootPath: 'detail' }, null],

    ['that says degraded', { body: { status: 'degraded' } }, word, 'status_word_degraded'],
    ['that says unhealthy with HTTP 200', { body: { status: 'unhealthy' } }, word, 'status_word'],
    [
      'that says unhealthy with HTTP 503',
      { status: 503, body: { status: 'unhealthy', reason: 'Database' } },
      word,
      'status_word',
    ],
    [
      'whose wrapped error says unhealthy',
      { status: 503, body: { detail: { status: 'unhealthy' } } },
      { ...word, rootPath: 'detail' },
      'status_word',
    ],
    ['with a word that nobody knows', { body: { status: 'meh' } }, word, 'status_word_unknown'],
    ['with false for a word', { body: { status: false } }, word, 'status_word'],
    ['without a word', { body: { state: 'healthy' } }, word, 'unexpected_shape'],
    ['that is a list', { body: ['healthy'] }, word, 'unexpected_shape'],

    ['that is starting', { status: 503, body: { status: 'unhealthy', startup_in_progress: true } }, word, 'startup'],
    ['that is starting with HTTP 200', { body: { status: 'healthy', startup_in_progress: true } }, word, 'startup'],
    [
      'that could not start',
      { status: 503, body: { status: 'unhealthy', startup_failed: true, startup_in_progress: true } },
      word,
      'startup_failed',
    ],

    ['that is a text with HTTP 503', { status: 503, body: 'Service Unavailable' }, word, 'unavailable'],
    ['that is a bare error', { status: 503, body: { detail: 'Core database unavailable' } }, word, 'unavailable'],
    ['that is a page with HTTP 502', { status: 502, body: '<html>Bad Gateway</html>' }, word, 'gateway'],
    ['that crashes', { status: 500, body: 'Internal Server Error' }, word, 'server_error'],
    ['that is not there', { status: 404 }, word, 'not_found'],
    ['behind a login', { status: 401 }, word, 'unauthorized'],
    ['behind a firewall', { status: 403 }, word, 'forbidden'],
    ['that is one request too many', { status: 429 }, word, 'rate_limited'],
    ['that redirects', { status: 302, headers: { location: '/login' } }, word, 'redirected'],
    [
      'that redirects to itself',
      { status: 302, headers: { location: '/health' } },
      { ...word, redirectsMax: 3 },
      'redirect_loop',
    ],
    ['that is a page with HTTP 200', { body: '<html>Welcome</html>' }, word, 'not_json'],
    ['that is a page where a text should be', { body: '<html>Welcome</html>' }, { body: 'text' }, 'unexpected_shape'],
    ['that is empty', { body: '' }, word, 'not_json'],
    ['that says 200 where 204 should be', { body: '' }, { statuses: [204], body: 'any' }, 'unexpected_status'],
  ];
  for (const [what, told, document, reason] of cases) {
    it(`${what} ${reason === null ? 'passes' : `says ${reason}`}`, async () => {
      const { measurement } = await measure(told, document);
      assert.deepEqual(troubles(measurement), reason === null ? [] : [[bad, reason]]);
    });
  }

  it('shows what it is, and what it says', async () => {
    const { measurement } = await measure({ status: 503, body: 'Service Unavailable' }, word);
    const { detail, evidence } = checkOf(measurement, 'health.document');
    assert.equal(evidence['body'], 'text');
    assert.equal(evidence['status'], 503);
    assert.equal(evidence['says'], 'Service Unavailable');
    assert.match(detail, /HTTP 503/);
  });

  it('is told to be a text or a page when it passes as such', async () => {
    const { measurement } = await measure({ body: '<html>fine</html>' }, { body: 'any' });
    assert.match(checkOf(measurement, 'health.document').detail, /html/);
  });

  it('that is slow is degraded', async () => {
    await using server = await httpServer((_request, response) => {
      setTimeout(() => response.end('{}'), 60);
    });
    const documents = [{ id: 'backend', latencyMsMax: 30 }];
    const measurement = await runProbe(probeHealth, { environment: environment(server.origin, documents) });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'slow']]);
    assert.equal(summarise(measurement.checks).verdict, 'degraded');
  });

  it('that is optional only degrades, whatever is wrong with it', async () => {
    for (const told of [{ status: 500 }, { body: 'nothing' }, { body: { status: 'unhealthy' } }]) {
      const { measurement, summary } = await measure(told, { ...word, importance: 'optional' });
      assert.deepEqual(troubles(measurement), [['health.document backend', 'component_degraded']]);
      assert.equal(summary.verdict, 'degraded');
      assert.ok(checkOf(measurement, 'health.document').evidence['original_reason']);
    }
  });

  it('gives the verdict of its most serious trouble and names the others', async () => {
    const assertions = [{ path: 'database', equals: 'connected' }];
    const { measurement } = await measure({ body: { status: 'degraded', database: 'gone' } }, { ...word, assertions });
    const check = checkOf(measurement, 'health.document');
    assert.equal(check.reason, 'assertion_failed');
    assert.deepEqual(check.evidence['also'], ['status_word_degraded']);
  });
});

describe('An assertion', () => {
  const body = { a: { b: 3 }, list: [{ ok: true }, { ok: false }], name: 'x', none: null };
  const cases: readonly (readonly [object, Reason | null])[] = [
    [{ path: 'a.b', equals: 3 }, null],
    [{ path: 'a.b', equals: '3' }, 'assertion_failed'],
    [{ path: 'a.b', atLeast: 3, atMost: 3 }, null],
    [{ path: 'a.b', atLeast: 4 }, 'assertion_failed'],
    [{ path: 'a.b', atMost: 2 }, 'assertion_failed'],
    [{ path: 'name', atMost: 2 }, 'assertion_failed'],
    [{ path: 'name', oneOf: ['x', 'y'] }, null],
    [{ path: 'name', oneOf: ['y'] }, 'assertion_failed'],
    [{ path: 'a.c', exists: false }, null],
    [{ path: 'a.b', exists: false }, 'assertion_failed'],
    [{ path: 'a.c', exists: true }, 'assertion_failed'],
    [{ path: 'none', exists: true }, null],
    [{ path: 'a.c', equals: 1 }, 'assertion_failed'],
    [{ path: 'list.*.ok', equals: true }, 'assertion_failed'],
    [{ path: 'list.0.ok', equals: true }, null],
    [{ path: 'a.b', equals: 4, otherwise: 'degraded' }, 'status_word_degraded'],
  ];
  for (const [assertion, reason] of cases) {
    it(`${JSON.stringify(assertion)} ${reason === null ? 'holds' : `says ${reason}`}`, async () => {
      const { measurement } = await measure({ body }, { assertions: [assertion] });
      assert.deepEqual(
        troubles(measurement).map(([, found]) => found),
        reason === null ? [] : [reason],
      );
    });
  }
});

describe('Components', () => {
  const expected = {
    postgresql: { latencyMsMax: 1_000 },
    redis: { importance: 'optional', latencyMsMax: 500 },
  };
  const document = { statusPath: 'status', rootPath: 'detail', components: { path: 'checks', expected } };
  const well = {
    postgresql: { status: 'healthy', response_time_ms: 2.5 },
    redis: { status: 'healthy', response_time_ms: 1 },
  };

  it('that are well pass and are published', async () => {
    const { measurement } = await measure(
      { body: { status: 'healthy', checks: { ...well, extra: { status: 'x' } } } },
      document,
    );
    assert.deepEqual(troubles(measurement), []);
    assert.deepEqual(measurement.components, [
      { name: 'postgresql', verdict: 'pass', word: 'healthy', latencyMs: 2.5 },
      { name: 'redis', verdict: 'pass', word: 'healthy', latencyMs: 1 },
    ]);
  });

  const cases: readonly (readonly [string, object, string, Reason])[] = [
    ['down and required', { postgresql: { status: 'failed' } }, 'postgresql', 'component_down'],
    ['down and optional', { redis: { status: 'failed' } }, 'redis', 'component_degraded'],
    ['degraded', { postgresql: { status: 'degraded' } }, 'postgresql', 'component_degraded'],
    ['slow', { postgresql: { status: 'healthy', response_time_ms: 5_000 } }, 'postgresql', 'component_slow'],
    ['of an unknown word', { redis: { status: 'purple' } }, 'redis', 'status_word_unknown'],
    ['without a word', { redis: { connected: true } }, 'redis', 'status_word_unknown'],
    ['null', { redis: null }, 'redis', 'status_word_unknown'],
    ['a bare word', { postgresql: 'down' }, 'postgresql', 'component_down'],
    ['a bare false', { postgresql: false }, 'postgresql', 'component_down'],
  ];
  for (const [what, change, name, reason] of cases) {
    it(`that is ${what} says ${reason}`, async () => {
      const { measurement } = await measure({ body: { status: 'healthy', checks: { ...well, ...change } } }, document);
      assert.deepEqual(troubles(measurement), [[`health.component ${name}`, reason]]);
    });
  }

  it('of any form are read: words, booleans, and elements of a list', async () => {
    const bare = { ...document, components: { path: 'checks', expected: { postgresql: {}, redis: {} } } };
    for (const checks of [
      { postgresql: 'connected', redis: 'skipped_optional' },
      { postgresql: true, redis: true },
      [{ name: 'postgresql', status: 'up' }, { id: 'redis', status: 'up' }, { name: '<script>' }, 7, null],
    ]) {
      const { measurement } = await measure({ body: { status: 'healthy', checks } }, bare);
      assert.deepEqual(troubles(measurement), []);
      assert.equal(measurement.components.length, 2);
    }
  });

  it('name the cause before the document says that something is wrong', async () => {
    const checks = { ...well, redis: { status: 'failed' } };
    const { summary } = await measure({ body: { status: 'degraded', checks } }, document);
    assert.equal(summary.reason, 'component_degraded');
    assert.match(summary.detail, /redis/);
  });

  it('are read from the inside of an error as well', async () => {
    const checks = { ...well, postgresql: { status: 'failed' } };
    const told = { status: 503, body: { detail: { status: 'unhealthy', checks } } };
    const { measurement, summary } = await measure(told, document);
    assert.equal(summary.reason, 'component_down');
    assert.deepEqual(
      troubles(measurement).map(([, reason]) => reason),
      ['component_down', 'status_word'],
    );
  });

  it('that are expected and missing have vanished', async () => {
    const { measurement } = await measure({ body: { status: 'healthy', checks: { postgresql: 'up' } } }, document);
    assert.deepEqual(troubles(measurement), [['health.shape backend', 'component_vanished']]);
    assert.match(checkOf(measurement, 'health.shape').detail, /redis/);
  });

  it('that were there at the last run and are missing have vanished, until that is usual', async () => {
    let memory: ProbeMemory = {};
    const reasons: (Reason | null)[] = [];
    const full = { status: 'healthy', checks: { ...well, kafka: { status: 'healthy' } } };
    for (const body of [full, ...Array.from({ length: 13 }, () => ({ status: 'healthy', checks: well }))]) {
      const { measurement } = await measure({ body }, document, memory);
      reasons.push(checkOf(measurement, 'health.shape').reason);
      memory = measurement.memory;
    }
    assert.deepEqual(reasons, [null, ...Array.from({ length: 12 }, () => 'component_vanished'), null]);
  });

  it('are not missed in a document that is an error', async () => {
    const memory = { 'backend.components': ['kafka'], 'backend.components_departed_runs': 0 };
    const { measurement } = await measure({ status: 503, body: 'Service Unavailable' }, document, memory);
    assert.deepEqual(troubles(measurement), [['health.document backend', 'unavailable']]);
    assert.deepEqual(measurement.memory, memory);
  });

  it('are remembered in a bounded way, whatever the document holds', async () => {
    const checks = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, index) => [`c${index}${'x'.repeat(30)}`, 'up']),
    );
    const { measurement } = await measure({ body: { status: 'healthy', checks } }, document);
    assert.ok(JSON.stringify(measurement.memory).length < 4_096);
  });
});

describe('The uptime', () => {
  const document = { uptimeSecondsPath: 'uptime_seconds' };

  it('that grew passes', async () => {
    const { measurement } = await measure({ body: { uptime_seconds: 400.5 } }, document, {
      'backend.uptime_seconds': 100,
    });
    assert.deepEqual(troubles(measurement), []);
    assert.equal(measurement.gauges.uptime_seconds, 400.5);
    assert.deepEqual(measurement.memory, { 'backend.uptime_seconds': 400 });
  });

  it('that stands still is no restart, however it is rounded', async () => {
    const told = { body: { uptime_seconds: 400.5 } };
    const { measurement } = await measure(told, document);
    assert.deepEqual(troubles((await measure(told, document, measurement.memory)).measurement), []);
  });

  it('that fell is a restart: worth knowing, and a pass', async () => {
    const { measurement, summary } = await measure({ body: { uptime_seconds: 20 } }, document, {
      'backend.uptime_seconds': 900,
    });
    assert.deepEqual(troubles(measurement), [['health.uptime backend', 'restarted']]);
    assert.equal(summary.verdict, 'pass');
    assert.equal(summary.reason, 'restarted');
  });

  it('is not forgotten while the document is away', async () => {
    const memory = { 'backend.uptime_seconds': 900 };
    const { measurement } = await measure({ status: 503, body: 'x' }, document, memory);
    assert.deepEqual(measurement.memory, memory);
  });
});

describe('Several documents', () => {
  it('are all judged, and the slowest gives the time', async () => {
    await using server = await httpServer((request, response) => {
      setTimeout(() => response.end('{"status":"ok"}'), request.url === '/slow' ? 80 : 0);
    });
    const documents = [
      { id: 'fast', path: '/fast', statusPath: 'status' },
      { id: 'slow', path: '/slow', statusPath: 'status' },
    ];
    const measurement = await runProbe(probeHealth, { environment: environment(server.origin, documents) });
    assert.deepEqual(
      measurement.checks.map(({ subject }) => subject),
      ['fast', 'slow'],
    );
    const slow = checkOf(measurement, 'health.document', 'slow');
    assert.equal(measurement.latencyMs, slow.latencyMs);
    assert.deepEqual(measurement.phases, slow.phases);
    assert.ok((measurement.phases.first_byte ?? 0) >= 75);
  });

  it('that list the same component publish it once, at its worst', async () => {
    await using server = await httpServer(
      telling({ '/one': { body: { c: { db: 'up' } } }, '/two': { body: { c: { db: 'down' } } } }),
    );
    const components = { path: 'c', expected: { db: {} } };
    const documents = ['one', 'two'].map((id) => ({ id, path: `/${id}`, components }));
    const measurement = await runProbe(probeHealth, { environment: environment(server.origin, documents) });
    assert.deepEqual(
      measurement.components.map(({ name, verdict }) => [name, verdict]),
      [['db', 'fail']],
    );
  });

  it('are judged although the first one hangs', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url !== '/hang') {
        response.end('{"status":"ok"}');
      }
    });
    const documents = ['hang', 'a', 'b'].map((id) => ({ id, path: `/${id}`, statusPath: 'status' }));
    const measurement = await runProbe(probeHealth, {
      environment: environment(server.origin, documents),
      deadlineMs: 4_400,
    });
    assert.deepEqual(troubles(measurement), [['health.document hang', 'first_byte_timeout']]);
    assert.equal(checkOf(measurement, 'health.document', 'b').verdict, 'pass');
    assert.ok(checkOf(measurement, 'health.document', 'hang').latencyMs < 1_500);
  });

  it('of a service that is not in the file say config_invalid', async () => {
    const documents = [{ id: 'lost', service: 'nowhere' }];
    const measurement = await runProbe(probeHealth, { environment: environment('http://127.0.0.1:9', documents) });
    assert.deepEqual(troubles(measurement), [['health.document lost', 'config_invalid']]);
    assert.equal(summarise(measurement.checks).verdict, 'inconclusive');
  });

  it('that are not configured at all say config_invalid', async () => {
    const steps = { steps: {} };
    const measurement = await runProbe(probeHealth, {
      environment: environment('http://127.0.0.1:9', [{ id: 'x' }], {}, steps),
    });
    assert.deepEqual(
      troubles(measurement).map(([, reason]) => reason),
      ['config_invalid'],
    );
  });
});

const certificates = await createCertificates();

describe('The certificate of a service', () => {
  const secrets = { ROOTS: new Secret(certificates.authorityPem) };

  async function measureTls(kind: Parameters<typeof certificates.context>[0], health: object = {}) {
    await using server = await httpsServer(
      certificates.context(kind),
      telling({ '/health': { body: { status: 'ok' } } }),
    );
    const services = { services: { backend: { url: server.origin, authoritiesSecret: 'ROOTS' } } };
    const documents = [{ id: 'one', statusPath: 'status' }, { id: 'two' }];
    return await runProbe(probeHealth, {
      environment: environment(server.origin, documents, health, services),
      secrets,
    });
  }

  it('is checked once and gives the days that are left', async () => {
    const measurement = await measureTls('valid');
    assert.deepEqual(troubles(measurement), []);
    assert.equal(measurement.checks.filter(({ id }) => id === 'health.tls').length, 1);
    assert.ok(Math.abs((measurement.gauges.tls_days_left ?? 0) - 90) < 0.1);
  });

  it('that ends soon is degraded', async () => {
    const measurement = await measureTls('expiring');
    assert.deepEqual(troubles(measurement), [['health.tls backend', 'tls_expiring']]);
    assert.equal(summarise(measurement.checks).verdict, 'degraded');
    assert.deepEqual(troubles(await measureTls('expiring', { tlsDaysLeftMin: 3 })), []);
  });

  const faults: readonly (readonly [Parameters<typeof certificates.context>[0], Reason])[] = [
    ['expired', 'tls_expired'],
    ['not_yet_valid', 'tls_not_yet_valid'],
    ['wrong_name', 'tls_name_mismatch'],
    ['self_signed', 'tls_untrusted'],
    ['other_authority', 'tls_untrusted'],
  ];
  for (const [kind, reason] of faults) {
    it(`that is ${kind} says ${reason}, and shows the certificate`, async () => {
      const measurement = await measureTls(kind);
      assert.equal(summarise(measurement.checks).reason, reason);
      assert.equal(checkOf(measurement, 'health.tls').reason, reason);
      assert.ok(checkOf(measurement, 'health.document').evidence['tls_valid_to']);
      assert.equal(measurement.latencyMs, null);
    });
  }
});

describe('A network failure', () => {
  async function down(control: object) {
    const server = await tcpServer(() => {});
    await server[Symbol.asyncDispose]();
    return environment(server.origin, [{ id: 'backend' }], {}, control);
  }

  it("is the product's when the control endpoint answers", async () => {
    await using control = await httpServer(telling({ '/alive': { status: 204, body: '' } }));
    const measurement = await runProbe(probeHealth, {
      environment: await down({ control: { url: `${control.origin}/alive` } }),
    });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'refused']]);
    assert.equal(checkOf(measurement, 'health.document').evidence['control'], 'reachable');
  });

  it('is our own when the control endpoint does not answer either', async () => {
    const gone = await tcpServer(() => {});
    await gone[Symbol.asyncDispose]();
    const measurement = await runProbe(probeHealth, {
      environment: await down({ control: { url: `${gone.origin}/` } }),
    });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'own_path']]);
    assert.equal(checkOf(measurement, 'health.document').evidence['original_reason'], 'refused');
    assert.equal(summarise(measurement.checks).verdict, 'inconclusive');
  });

  it('is our own when something else answers for the control endpoint', async () => {
    await using portal = await httpServer(telling({ '/': { status: 302, headers: { location: '/pay' } } }));
    const measurement = await runProbe(probeHealth, {
      environment: await down({ control: { url: `${portal.origin}/` } }),
    });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'own_path']]);
  });

  it("stays the product's without a control endpoint", async () => {
    const measurement = await runProbe(probeHealth, { environment: await down({}) });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'refused']]);
  });

  it('of another class does not ask the control endpoint', async () => {
    let asked = 0;
    await using control = await httpServer((_request, response) => {
      asked += 1;
      response.end();
    });
    await using server = await httpServer(telling({ '/health': { status: 500 } }));
    const rest = { control: { url: `${control.origin}/` } };
    const measurement = await runProbe(probeHealth, {
      environment: environment(server.origin, [{ id: 'backend' }], {}, rest),
    });
    assert.deepEqual(troubles(measurement), [['health.document backend', 'server_error']]);
    assert.equal(asked, 0);
  });
});
