/**
 * Goal: negotiation, close codes, upgrade answers and handshake errors each have one exact meaning, and show no token.
 * Method: tables for the meanings, properties for the tokens.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { type Closure, closeCodeName, closureFailure, isRefusal } from '../../shared/core/close-codes.ts';
import { netraDialect } from '../../shared/core/dialect/netra.ts';
import {
  headersWithToken,
  negotiationFailure,
  offerBytes,
  offeredValues,
  offerWith,
  selectionOf,
  shownOffer,
} from '../../shared/core/negotiation.ts';
import { Secret } from '../../shared/core/secret.ts';
import { reasonOfUpgradeStatus, upgradeFailure } from '../../shared/core/upgrade.ts';
import { handshakeFailure } from '../../shared/io/websocket-failure.ts';

const seed = Number(process.env['FC_SEED'] ?? Date.now() % 2 ** 31);
console.log(`fast-check seed ${seed}`);

const token = new Secret('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl');
const encoded = Buffer.from(token.reveal()).toString('base64url');
const browserOffer = ['jwt-auth', 'jwt.{token_base64url}'];

describe('an offer', () => {
  it('carries the token where the template says, and shows it nowhere', () => {
    const offer = offerWith(['jwt-auth', 'bearer.{token}', 'jwt.{token_base64url}'], token);
    assert.ok(!JSON.stringify(offer).includes('eyJ'));
    assert.deepEqual(offeredValues(offer), ['jwt-auth', `bearer.${token.reveal()}`, `jwt.${encoded}`]);
    assert.deepEqual(shownOffer(offer), ['jwt-auth', 'bearer.[token]', 'jwt.[token]']);
  });

  it('leaves out what needs a token when there is none', () => {
    assert.deepEqual(offeredValues(offerWith(browserOffer, null)), ['jwt-auth']);
    assert.deepEqual(offeredValues(offerWith(['jwt.{token}'], null)), []);
  });

  it('is measured by the header lines that it becomes', () => {
    const line = (name: string, value: string) => `${name}: ${value}\r\n`.length;
    const offer = offerWith(browserOffer, token);
    const protocols = line('Sec-WebSocket-Protocol', `jwt-auth,jwt.${encoded}`);
    assert.equal(offerBytes(offer, false), protocols);
    assert.equal(offerBytes(offer, true), protocols + line('Authorization', `Bearer ${token.reveal()}`));
    assert.equal(offerBytes(offerWith([], token), false), 0);
  });
});

describe('a selection', () => {
  const offer = offerWith(browserOffer, token);
  const judged = (selected: string | null, accept?: readonly string[]) =>
    negotiationFailure(offer, selectionOf(offer, selected), accept)?.reason ?? null;

  const cases: readonly (readonly [string, string | null, readonly string[] | undefined, string | null])[] = [
    ['the plain one', 'jwt-auth', undefined, null],
    ['the one with the token', `jwt.${encoded}`, undefined, null],
    ['the one with the token, which is wanted', `jwt.${encoded}`, ['jwt.{token_base64url}'], null],
    ['the one with the token, which is not wanted', `jwt.${encoded}`, ['jwt-auth'], 'subprotocol_unexpected'],
    ['none', null, undefined, 'subprotocol_missing'],
    ['another one', 'bearer', undefined, 'subprotocol_unoffered'],
    ['one in other letters', 'JWT-AUTH', undefined, 'subprotocol_unoffered'],
    ['both', `jwt-auth, jwt.${encoded}`, undefined, 'subprotocol_unoffered'],
    ['the token form cut short', `jwt.${encoded.slice(0, 20)}`, undefined, 'subprotocol_unoffered'],
    ['an empty one', '', undefined, 'subprotocol_unoffered'],
  ];
  for (const [name, selected, accept, reason] of cases) {
    it(`of ${name} is ${reason ?? 'right'}`, () => assert.equal(judged(selected, accept), reason));
  }

  it('of none is right where nothing was offered', () => {
    const nothing = offerWith([], null);
    assert.equal(negotiationFailure(nothing, selectionOf(nothing, null), undefined), null);
    assert.equal(negotiationFailure(nothing, selectionOf(nothing, 'x'), undefined)?.reason, 'subprotocol_unoffered');
  });

  it('never shows the token, whatever the server makes of it', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 20 }),
        fc.string({ maxLength: 20 }),
        fc.constantFrom(token.reveal(), encoded),
        (before, after, form) => {
          const selection = selectionOf(offer, `${before}${form}${after}`);
          const shown = JSON.stringify([selection, negotiationFailure(offer, selection, ['jwt-auth'])]);
          assert.ok(!shown.includes(token.reveal()) && !shown.includes(encoded), shown);
        },
      ),
      { seed, numRuns: 2_000 },
    );
  });

  it('is looked for in every header that may repeat the token', () => {
    assert.deepEqual(headersWithToken({ a: `x${token.reveal()}y`, b: 'z', c: encoded }, token), ['a', 'c']);
    assert.deepEqual(headersWithToken({}, token), []);
  });
});

describe('the end of a connection', () => {
  const { closeMeanings } = netraDialect({ kind: 'netra', version: 'auto', message: 'start_agent' });
  const closure = (code: number, reason = '', violation: string | null = null): Closure => ({
    code,
    reason,
    ageMs: 1_240,
    violation,
  });
  const failure = (ended: Closure) => closureFailure(ended, 'before it greeted', closeMeanings);

  const cases: readonly (readonly [Closure, string, string])[] = [
    [closure(1000), 'closed_early', 'the server closed with 1000 (normal closure) after 1.2 s, before it greeted'],
    [closure(1005), 'closed_early', 'the server closed with 1005 (no code) after 1.2 s, before it greeted'],
    [closure(1006), 'connection_cut', 'the connection broke off after 1.2 s without a close frame, before it greeted'],
    [
      closure(1012, 'Service restart'),
      'closed_early',
      'the server closed with 1012 (service restart) "Service restart" after 1.2 s, before it greeted',
    ],
    [closure(4001), 'closed_early', "the server closed with 4001 (product's own) after 1.2 s, before it greeted"],
    [closure(2000), 'closed_early', 'the server closed with 2000 (unregistered) after 1.2 s, before it greeted'],
    [
      closure(1006, '', 'WS_ERR_INVALID_UTF8'),
      'protocol_error',
      'the connection was given up after 1.2 s for WS_ERR_INVALID_UTF8',
    ],
  ];
  for (const [ended, reason, detail] of cases) {
    it(`by ${closeCodeName(ended.code)}${ended.violation === null ? '' : ' after a violation'} is ${reason}`, () =>
      assert.deepEqual(failure(ended), { reason, detail }));
  }

  const known: readonly (readonly [number, string, RegExp])[] = [
    [1000, 'main cleanup', /swallowed$/],
    [1008, 'Authentication failed', /token was not accepted/],
    [1008, 'SSOT Auth failed', /token was not accepted/],
    [1011, 'Service not ready: database', /had not started$/],
    [1011, 'Service initialization failed', /could not be started$/],
    [1011, 'Factory SSOT validation failed', /could not be made$/],
  ];
  for (const [code, reason, meaning] of known) {
    it(`by ${code} "${reason}" says what that is known to mean`, () =>
      assert.match(failure(closure(code, reason)).detail, meaning));
  }

  it('turns a client away, unless the server or the network had an accident', () => {
    const refusing = [1000, 1002, 1003, 1005, 1007, 1008, 1011, 3000, 3003, 4401];
    const accidents = [1001, 1006, 1012, 1013, 1014, 1015];
    assert.deepEqual(
      refusing.filter((code) => !isRefusal(closure(code))),
      [],
    );
    assert.deepEqual(
      accidents.filter((code) => isRefusal(closure(code))),
      [],
    );
    assert.ok(!isRefusal(closure(1002, '', 'WS_ERR_INVALID_OPCODE')));
  });
});

describe('an answer to the upgrade', () => {
  it('has a reason for every status', () => {
    const byStatus: Readonly<Record<number, string>> = {
      101: 'bad_handshake',
      200: 'upgrade_ignored',
      204: 'upgrade_ignored',
      301: 'redirected',
      400: 'upgrade_refused',
      401: 'upgrade_unauthorized',
      403: 'upgrade_forbidden',
      404: 'upgrade_refused',
      426: 'upgrade_refused',
      429: 'upgrade_rate_limited',
      500: 'upgrade_server_error',
      503: 'upgrade_unavailable',
      504: 'upgrade_server_error',
      999: 'upgrade_refused',
    };
    const found = Object.keys(byStatus).map((status) => [status, reasonOfUpgradeStatus(Number(status))]);
    assert.deepEqual(Object.fromEntries(found), byStatus);
  });

  it('tells the words of the product without the secrets in them', () => {
    const body = JSON.stringify({ error: `no entry for ${token.reveal()} or ${encoded}` });
    const { reason, detail } = upgradeFailure({ status: 503, headers: { 'retry-after': '10' }, body }, [token]);
    assert.equal(reason, 'upgrade_unavailable');
    assert.match(
      detail,
      /^the upgrade was answered with HTTP 503 \(json body, "no entry for \[redacted\].*", retry after 10 s\)$/,
    );
    assert.ok(!detail.includes('eyJ') && !detail.includes(encoded));
    assert.match(
      upgradeFailure({ status: 503, headers: { 'retry-after': 'soon' }, body: '' }, []).detail,
      /\(no body\)$/,
    );
  });
});

describe('an error of the client', () => {
  const known: Readonly<Record<string, string>> = {
    'Server sent no subprotocol': 'subprotocol_missing',
    'Server sent an invalid subprotocol': 'subprotocol_unoffered',
    'Server sent a subprotocol but none was requested': 'subprotocol_unoffered',
    'Invalid Sec-WebSocket-Accept header': 'bad_handshake',
    'Invalid Upgrade header': 'bad_handshake',
    'Server sent a Sec-WebSocket-Extensions header but no extension was requested': 'bad_handshake',
    'Opening handshake has timed out': 'upgrade_timeout',
  };
  for (const [message, reason] of Object.entries(known)) {
    it(`"${message}" is ${reason}`, () => assert.equal(handshakeFailure(new Error(message)).reason, reason));
  }

  it('is ours when the offer cannot be put on the wire', () => {
    assert.equal(
      handshakeFailure(new SyntaxError('An invalid or duplicated subprotocol was specified')).reason,
      'config_invalid',
    );
  });

  it('is judged by its code otherwise, and its message is never shown', () => {
    const reset = Object.assign(new Error(`socket hang up ${token.reveal()}`), { code: 'ECONNRESET' });
    assert.equal(handshakeFailure(reset).reason, 'reset');
    assert.ok(!JSON.stringify(handshakeFailure(reset)).includes('eyJ'));
    for (const thrown of [new Error(`Unexpected ${token.reveal()}`), 'text', null, undefined, 7]) {
      assert.equal(handshakeFailure(thrown).reason, 'unclassified');
      assert.ok(!JSON.stringify(handshakeFailure(thrown)).includes('eyJ'));
    }
  });
});
