/** The pure parts of an HTTP exchange: where redirects lead, what a wait in vain means, what is shown of an answer. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { bodyKind } from '../../shared/core/body.ts';
import type { HttpExchange, HttpResponse } from '../../shared/core/exchange.ts';
import { errorWords, evidenceOf } from '../../shared/core/exchange-evidence.ts';
import { redirectStep } from '../../shared/core/redirect.ts';
import { Secret } from '../../shared/core/secret.ts';
import { timeShareMs, timeUpFailure } from '../../shared/core/time-up.ts';

function response(body: unknown, headers: Readonly<Record<string, string>> = {}, status = 500): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

describe('A redirect', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['https://a.example/x', '/y?z=1#part', 'follow https://a.example/y?z=1 same'],
    ['https://a.example/x', 'y', 'follow https://a.example/y same'],
    ['https://a.example/x', 'https://a.example:443/y', 'follow https://a.example/y same'],
    ['https://a.example/x', 'https://b.example/y', 'follow https://b.example/y other'],
    ['https://a.example/x', 'https://a.example:8443/y', 'follow https://a.example:8443/y other'],
    ['http://a.example/x', 'https://a.example/x', 'follow https://a.example/x other'],
    ['https://a.example/x', 'http://a.example/x', 'redirected'],
    ['https://a.example/x', 'javascript:alert(1)', 'redirected'],
    ['https://a.example/x', '', 'redirect_loop'],
    ['https://a.example/x', '#top', 'redirect_loop'],
  ];
  for (const [from, location, expected] of cases) {
    it(`from ${from} to ${JSON.stringify(location)} means: ${expected}`, () => {
      const step = redirectStep({
        method: 'GET',
        response: response('', { location }, 302),
        visited: [from],
        redirectsMax: 3,
      });
      const told =
        step.step === 'follow'
          ? `follow ${step.url} ${step.sameOrigin ? 'same' : 'other'}`
          : step.step === 'stop'
            ? step.failure.reason
            : 'stay';
      assert.equal(told, expected);
    });
  }

  it('without a location leads nowhere', () => {
    const facts = { method: 'GET', response: response('', {}, 302), visited: ['https://a.example/'], redirectsMax: 3 };
    assert.equal(redirectStep({ ...facts, visited: ['https://a.example/'] }).step, 'stop');
  });
});

describe('A wait in vain', () => {
  it('blames the phase when the timeout was our own, however short', () => {
    const failure = timeUpFailure('tls_timeout', { by: 'timeout', waitedMs: 30 });
    assert.equal(failure.reason, 'tls_timeout');
    assert.match(failure.detail, /waited 0\.0 s/);
  });

  it("blames it at the run's deadline only after a clear wait", () => {
    assert.equal(timeUpFailure('tls_timeout', { by: 'deadline', waitedMs: 999 }).reason, 'deadline_exceeded');
    assert.equal(timeUpFailure('tls_timeout', { by: 'deadline', waitedMs: 1_000 }).reason, 'tls_timeout');
  });

  it('has its share of the time, and never so little that nobody could be blamed', () => {
    assert.equal(timeShareMs(30_000, 3), 10_000);
    assert.equal(timeShareMs(600, 3), 1_000);
  });
});

describe('The kind of a body', () => {
  const cases: readonly (readonly [string, ReturnType<typeof bodyKind>])[] = [
    ['', 'empty'],
    [' \n', 'empty'],
    ['{"a":1}', 'json'],
    [' [1]', 'json'],
    ['<!DOCTYPE html><p>', 'html'],
    ['<HTML>', 'html'],
    ['Service Unavailable', 'text'],
    ['"json text"', 'text'],
    [`${' '.repeat(2_000)}x`, 'text'],
  ];
  for (const [body, kind] of cases) {
    it(`${JSON.stringify(body.slice(0, 30))} is ${kind}`, () => {
      assert.equal(bodyKind(body), kind);
    });
  }
});

describe('The words of an error', () => {
  const key = new Secret('very-secret');
  const cases: readonly (readonly [unknown, string | null])[] = [
    [{ detail: 'Invalid E2E bypass key' }, 'Invalid E2E bypass key'],
    [{ message: 'Startup in progress', status: 'unhealthy' }, 'Startup in progress'],
    [{ error: 'invalid_client', error_description: 'no such client' }, 'no such client'],
    [{ detail: { status: 'unhealthy', reason: 'Database' } }, 'Database'],
    [{ reason: 'with very-secret in it' }, 'with [redacted] in it'],
    [{ detail: ['a list'] }, null],
    [['a list'], null],
    ['Service Unavailable', 'Service Unavailable'],
    ['<html>page</html>', null],
    ['', null],
  ];
  for (const [body, words] of cases) {
    it(`of ${JSON.stringify(body)} are ${words}`, () => {
      assert.equal(errorWords(response(body), [key]), words);
    });
  }

  it('are cut', () => {
    assert.equal(errorWords(response({ detail: 'ab '.repeat(200) }))?.length, 120);
  });
});

describe('The evidence of an exchange', () => {
  const exchange: HttpExchange = {
    method: 'GET',
    shownUrl: 'https://a.example/health',
    startedMs: 0,
    latencyMs: 5,
    phases: {},
    response: response('{"secret":"body"}', {
      'x-cloud-trace-context': '0af7651916cd43dd8448eb211c80319c/123;o=1',
      'x-request-id': '123e4567-e89b-12d3-a456-426614174000',
      server: 'Google Frontend',
      'x-other': 'not shown',
    }),
    failure: null,
    tls: { protocol: 'TLSv1.3', issuer: 'CA', subject: 'a.example', validToMs: 1_800_000_000_000, daysLeft: 9 },
    redirects: ['https://a.example/there'],
  };

  it('leads to the logs and shows no body', () => {
    assert.deepEqual(evidenceOf(exchange), {
      request: 'GET https://a.example/health',
      status: 500,
      body: 'json',
      body_length: 17,
      server_trace: '0af7651916cd43dd8448eb211c80319c/123;o=1',
      request_id: '123e4567-e89b-12d3-a456-426614174000',
      server: 'Google Frontend',
      redirects: ['https://a.example/there'],
      tls_protocol: 'TLSv1.3',
      tls_issuer: 'CA',
      tls_subject: 'a.example',
      tls_valid_to: '2027-01-15T08:00:00Z',
    });
  });

  it('does not take a token for an id', () => {
    const headers = { 'x-request-id': 'eyJhbGciOiJIUzI1NiJ9.e30.c2ln', 'x-cloud-trace-context': 'k'.repeat(50) };
    const evidence = evidenceOf({ ...exchange, response: response('', headers) });
    assert.equal(evidence['request_id'], '[redacted]');
    assert.equal(evidence['server_trace'], '[redacted]');
  });

  it('of a request without an answer is the request', () => {
    assert.deepEqual(evidenceOf({ ...exchange, response: null, tls: null, redirects: [] }), {
      request: 'GET https://a.example/health',
    });
  });
});
