/** What a connection waits for before the first message, and what is missing when the waiting is over. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import {
  greetedVersion,
  greetingFailure,
  type GreetingPlan,
  greetingPhases,
  greetingPlan,
  notGreeted,
  readyAtMs,
  settleMs,
} from '../../shared/core/dialect/greeting.ts';
import { websocketSettings } from '../../shared/core/environment/websocket.ts';
import { dialects } from '../support/frames.ts';

const settings = v.parse(websocketSettings, {});
const greeting =
  dialects.find(({ handshake, greetings }) => handshake !== null && greetings.length > 0) ?? assert.fail();
const plain = { ...greeting, handshake: null, greetings: [] };
const opened = notGreeted(100);
const handshake = { threadId: null, offeredMs: 300, completedMs: null };
const required: GreetingPlan = {
  welcome: 'required',
  welcomeMsMax: 1_000,
  handshake: 'required',
  serverHandshake: greeting.handshake,
};

describe('the greeting of a connection', () => {
  it('is waited for only where the dialect has one', () => {
    assert.deepEqual(greetingPlan(settings, plain), {
      welcome: 'none',
      welcomeMsMax: settings.welcomeMsMax,
      handshake: 'none',
      serverHandshake: null,
    });
    assert.equal(greetingPlan({ ...settings, serverHandshake: 'required' }, greeting).handshake, 'required');
    assert.equal(greetingPlan({ ...settings, serverHandshake: 'none' }, greeting).handshake, 'none');
  });

  it('is missed by what did not come', () => {
    const reasonAndDetail = (plan: Partial<GreetingPlan>, greeted = opened) =>
      greetingFailure(greeted, { ...required, ...plan })?.detail ?? null;
    assert.match(reasonAndDetail({}) ?? '', /no greeting came in 1\.0 s/);
    assert.match(reasonAndDetail({}, { ...opened, handshake }) ?? '', /a handshake came and no greeting/);
    assert.match(reasonAndDetail({ welcome: 'none' }) ?? '', /did not start the handshake of its version in 1\.0 s/);
    const welcome = { version: 'b14', userId: null, atMs: 3_100 };
    assert.match(reasonAndDetail({}, { ...opened, welcome }) ?? '', /did not start the handshake .* in 3\.0 s/);
    assert.match(reasonAndDetail({ welcome: 'none' }, { ...opened, handshake }) ?? '', /did not complete it/);
    assert.match(
      reasonAndDetail({ welcome: 'none', serverHandshake: null }, { ...opened, handshake }) ?? '',
      / 0\.0 s /,
    );
    assert.equal(reasonAndDetail({}, { ...opened, welcome, handshake: { ...handshake, completedMs: 400 } }), null);
    assert.equal(reasonAndDetail({ welcome: 'none', handshake: 'optional' }), null);
  });

  it('is ready at the last thing that had to come', () => {
    assert.equal(readyAtMs(opened), 100);
    assert.equal(readyAtMs({ ...opened, welcome: { version: 'b14', userId: null, atMs: 250 } }), 250);
    assert.equal(readyAtMs({ ...opened, handshake }), 300);
    assert.equal(readyAtMs({ ...opened, handshake: { ...handshake, completedMs: 350 } }), 350);
  });

  it('has its times since the upgrade', () => {
    assert.deepEqual(greetingPhases(opened, false), {});
    assert.deepEqual(greetingPhases({ ...opened, firstFrameMs: 130, handshake }, true), {
      first_frame: 30,
      ready: 200,
    });
  });

  it('gives the version away, and how long the first message has to wait', () => {
    assert.equal(greetedVersion(opened, greeting), null);
    assert.equal(greetedVersion({ ...opened, welcome: { version: 'b14', userId: null, atMs: 1 } }, greeting), 'b14');
    assert.equal(greetedVersion({ ...opened, handshake }, greeting), greeting.handshake?.version);
    assert.equal(greetedVersion({ ...opened, handshake }, plain), null);
    assert.equal(settleMs(opened, greeting), greeting.settleMs);
    assert.equal(settleMs({ ...opened, handshake }, greeting), greeting.handshake?.settleMs);
    assert.equal(settleMs({ ...opened, handshake }, plain), 0);
  });
});
