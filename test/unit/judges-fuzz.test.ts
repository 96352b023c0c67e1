/** The judges of the auth and health probes on answers that nobody agreed to: total, bounded, and never too lenient. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import * as v from 'valibot';

import { judgeProtected, judgeRefresh, judgeRefusal, judgeWrongLogin } from '../../functions/auth/judge.ts';
import { judgeDocument } from '../../functions/health/judge.ts';
import { summarise } from '../../shared/core/check.ts';
import { authSettings } from '../../shared/core/environment/auth.ts';
import { healthSettings } from '../../shared/core/environment/health.ts';
import type { HttpExchange } from '../../shared/core/exchange.ts';
import { judgeLogin } from '../../shared/core/login.ts';
import { isReason } from '../../shared/core/reasons.ts';
import { fuzzed, fuzzName } from '../support/fuzz.ts';

/** Keys that the judges look at, so that the fuzz gets past the first of them. */
const key = fc.constantFrom(
  ...'status detail error valid user_id user id access_token checks db uptime startup_in_progress'.split(' '),
  ...'startup_failed message response_time_ms __proto__ toString constructor'.split(' '),
);
const leaf = fc.oneof(
  fc.constantFrom('healthy', 'unhealthy', 'degraded', 'u-1', true, false, null, '', 0, -1, 1e308),
  fc.string({ unit: 'binary' }),
);
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
  ),
}));
const body = fc.oneof(
  { weight: 4, arbitrary: json.map((value) => JSON.stringify(value) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
);
const status = fc.oneof(
  fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 429, 500, 502, 503),
  fc.integer({ min: 200, max: 999 }),
);
const headers = fc.dictionary(
  fc.constantFrom('retry-after', 'server', 'x-request-id', 'via'),
  fc.string({ unit: 'binary' }),
);

const exchange: fc.Arbitrary<HttpExchange> = fc.record({ status, headers, body }).map((response) => ({
  method: 'GET',
  shownUrl: 'https://a.example/',
  startedMs: 0,
  latencyMs: 1,
  phases: {},
  response,
  failure: null,
  tls: null,
  redirects: [],
}));

const login = v.parse(authSettings, {
  login: { kind: 'password', email: 'a@b.example', passwordSecret: 'P' },
  token: { verification: { kind: 'none' } },
  protectedResource: {},
}).login;

const document = v.parse(healthSettings, {
  documents: [
    {
      id: 'd',
      service: 's',
      rootPath: 'detail',
      statusPath: 'status',
      uptimeSecondsPath: 'uptime',
      assertions: [{ path: '*.id', atLeast: 1 }],
      components: { path: 'checks', expected: { db: { latencyMsMax: 10 } } },
    },
  ],
}).documents[0];

describe(fuzzName('The judges, on whatever comes'), () => {
  it('call nobody in who was not let in, and let a refusal be one', () => {
    fc.assert(
      fc.property(exchange, (made) => {
        const code = made.response?.status ?? 0;
        for (const failure of [judgeRefusal(made, 'user_id'), judgeWrongLogin(made, 'access_token')]) {
          assert.ok(failure === null || isReason(failure.reason));
          assert.ok(failure?.reason !== 'auth_bypassed' || (code >= 200 && code < 300));
          assert.ok(failure !== null || [200, 400, 401, 403].includes(code) || code < 300);
          assert.ok(![401, 403].includes(code) || failure === null);
        }
      }),
      fuzzed(2_000),
    );
  });

  it('pass a protected resource or a refresh only with HTTP 200', () => {
    fc.assert(
      fc.property(exchange, (made) => {
        for (const failure of [judgeProtected(made, 'user_id', 'u-1'), judgeRefresh(made, 'access_token', 'u-1')]) {
          assert.ok(failure === null ? made.response?.status === 200 : isReason(failure.reason));
        }
      }),
      fuzzed(2_000),
    );
  });

  it('grant a login only with a token that a header can carry', () => {
    assert.ok(login.kind === 'password');
    fc.assert(
      fc.property(exchange, (made) => {
        const judged = judgeLogin(login, made, []);
        assert.ok(judged.ok ? /^[\x21-\x7e]+$/.test(judged.token.reveal()) : isReason(judged.failure.reason));
      }),
      fuzzed(2_000),
    );
  });

  it('give a health document a verdict, pass it only when it is accepted, and remember little', () => {
    assert.ok(document !== undefined);
    let memory = {};
    fc.assert(
      fc.property(exchange, (made) => {
        const judged = judgeDocument(document, made, memory);
        memory = judged.memory;
        const summary = summarise(judged.checks);
        assert.ok(summary.verdict !== 'pass' || made.response?.status === 200);
        assert.ok(judged.components.length <= 1);
        assert.ok(JSON.stringify(judged).length < 16_000);
        assert.ok(judged.checks.every(({ detail }) => detail.length <= 300));
      }),
      fuzzed(2_000),
    );
  });
});
