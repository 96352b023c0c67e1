/** `classify` is total, exact about what it knows, and never repeats a message. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';
import { errors } from 'undici';

import { classify, httpFailure, reasonOfStatus } from '../../shared/core/classify.ts';
import { isReason, type Reason, reasonEntry } from '../../shared/core/reasons.ts';

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error('a message with a secret in it'), { code, ...more });
}

describe('classify', () => {
  const known: Readonly<Partial<Record<Reason, readonly Error[]>>> = {
    dns: [coded('ENOTFOUND'), coded('EAI_AGAIN'), coded('ESERVFAIL')],
    refused: [coded('ECONNREFUSED')],
    unreachable: [coded('EHOSTUNREACH'), coded('ENETUNREACH')],
    reset: [
      coded('ECONNRESET'),
      coded('EPIPE'),
      coded('ETIMEDOUT', { syscall: 'read' }),
      new errors.SocketError('other side closed'),
    ],
    connect_timeout: [
      coded('ETIMEDOUT', { syscall: 'connect' }),
      coded('ETIMEDOUT'),
      new errors.ConnectTimeoutError(),
      coded('ERR_SOCKET_CONNECTION_TIMEOUT'),
    ],
    tls_timeout: [coded('ERR_TLS_HANDSHAKE_TIMEOUT')],
    tls_expired: [coded('CERT_HAS_EXPIRED')],
    tls_not_yet_valid: [coded('CERT_NOT_YET_VALID')],
    tls_name_mismatch: [coded('ERR_TLS_CERT_ALTNAME_INVALID'), coded('HOSTNAME_MISMATCH')],
    tls_untrusted: [
      coded('DEPTH_ZERO_SELF_SIGNED_CERT'),
      coded('SELF_SIGNED_CERT_IN_CHAIN'),
      coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'),
    ],
    tls_not_spoken: [coded('ERR_SSL_WRONG_VERSION_NUMBER')],
    tls_other: [coded('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE'), coded('EPROTO'), coded('ERR_TLS_SOMETHING_NEW')],
    first_byte_timeout: [new errors.HeadersTimeoutError()],
    body_timeout: [new errors.BodyTimeoutError()],
    body_cut: [new errors.ResponseContentLengthMismatchError()],
    body_too_large: [new errors.ResponseExceededMaxSizeError()],
    bad_http: [new errors.HTTPParserError('bad'), new errors.HeadersOverflowError(), coded('HPE_INVALID_HEADER_TOKEN')],
    config_invalid: [new errors.InvalidArgumentError('invalid x-key header'), coded('ERR_INVALID_URL')],
    deadline_exceeded: [
      new DOMException('the time is over', 'TimeoutError'),
      new DOMException('aborted', 'AbortError'),
      Object.assign(new Error('named'), { name: 'TimeoutError', code: 'ECONNRESET' }),
    ],
  };
  for (const [reason, thrown] of Object.entries(known)) {
    it(`knows what means ${reason}`, () => {
      for (const error of thrown) {
        assert.equal(classify(error).reason, reason, `${error.name} ${Reflect.get(error, 'code')}`);
      }
    });
  }

  it('knows the error of an elapsed timeout by its name, since its code is a number', async () => {
    const signal = AbortSignal.timeout(1);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    assert.equal(Reflect.get(Object(signal.reason), 'code'), 23);
    assert.equal(classify(signal.reason).reason, 'deadline_exceeded');
  });

  it('finds the cause under wrappers', () => {
    const wrapped = new TypeError('fetch failed', { cause: new Error('inner', { cause: coded('ECONNREFUSED') }) });
    assert.equal(classify(wrapped).reason, 'refused');
  });

  it('finds what the members of an aggregate say', () => {
    const all = new AggregateError([new Error('?'), coded('EHOSTUNREACH'), coded('ECONNREFUSED')], 'all failed');
    assert.equal(classify(all).reason, 'unreachable');
  });

  it('shows codes and names, and no message', () => {
    assert.equal(classify(coded('ECONNREFUSED')).detail, `${reasonEntry('refused').sentence} (ECONNREFUSED)`);
    assert.equal(classify(new RangeError('secret')).detail, `${reasonEntry('unclassified').sentence} (RangeError)`);
    const loud = Object.assign(new Error('secret'), { name: 'Error: secret', code: 'the secret' });
    assert.equal(classify(loud).detail, reasonEntry('unclassified').sentence);
  });

  const strange: readonly unknown[] = [
    undefined,
    null,
    'ECONNREFUSED',
    42,
    Symbol('s'),
    () => {},
    [],
    {},
    Object.create(null),
    new Error('plain'),
    new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
      },
    ),
  ];
  for (const [index, thrown] of strange.entries()) {
    it(`calls something strange unclassified (${index})`, () => {
      assert.equal(classify(thrown).reason, 'unclassified');
    });
  }

  it('ends on causes that go in a circle', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(classify(error).reason, 'unclassified');
  });

  it('is total, gives a known reason, and repeats no text of what was thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, maxDepth: 4 }), fc.uuid(), (anything, secret) => {
        const thrown = new Error(secret, { cause: { anything, message: secret, name: secret, code: secret } });
        const { reason, detail } = classify(thrown);
        assert.ok(isReason(reason));
        assert.ok(!detail.includes(secret) && detail.length <= 300);
      }),
      { numRuns: 500 },
    );
  });
});

describe('An HTTP status', () => {
  const meanings: readonly (readonly [number, Reason])[] = [
    [200, 'unexpected_status'],
    [204, 'unexpected_status'],
    [301, 'redirected'],
    [304, 'unexpected_status'],
    [308, 'redirected'],
    [400, 'client_error'],
    [401, 'unauthorized'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [418, 'client_error'],
    [422, 'client_error'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [501, 'server_error'],
    [502, 'gateway'],
    [503, 'unavailable'],
    [504, 'gateway'],
    [599, 'server_error'],
    [999, 'unexpected_status'],
  ];
  for (const [status, reason] of meanings) {
    it(`${status} means ${reason} where it should not be`, () => {
      assert.equal(reasonOfStatus(status), reason);
    });
  }

  it('is told with the kind of its body and the time after which to come again, and with nothing of the body', () => {
    const response = { status: 503, headers: { 'retry-after': '10' }, body: 'Service Unavailable' };
    assert.deepEqual(httpFailure(response, 'GET https://a.example/'), {
      reason: 'unavailable',
      detail: 'GET https://a.example/ answered HTTP 503 (text body, retry after 10 s)',
    });
    const odd = { status: 500, headers: { 'retry-after': 'secret' }, body: '' };
    assert.equal(httpFailure(odd, 'GET x').detail, 'GET x answered HTTP 500 (no body)');
  });
});
