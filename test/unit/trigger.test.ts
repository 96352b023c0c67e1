/** Who may start a run, for what, and for which slot. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import { type Environment, environmentSchema } from '../../shared/core/environment/definition.ts';
import { parseTrigger, type TriggerRequest } from '../../shared/run/trigger.ts';

const nowMs = Date.parse('2026-11-24T20:07:31Z');

function environment(name: string): Environment {
  return v.parse(environmentSchema, {
    name,
    title: name,
    services: { backend: { url: 'http://127.0.0.1:1' } },
    steps: { health: { documents: [{ id: 'backend', service: 'backend' }] } },
  });
}

const one = [environment('acme')];
const two = [environment('acme'), environment('other')];

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

function request({ method = 'POST', headers = {}, body }: Asked): TriggerRequest {
  return { method, header: (name) => headers[name], body };
}

describe('a trigger', () => {
  it('is for the only environment when none is named', () => {
    for (const body of [undefined, null, '', {}, Buffer.alloc(0)]) {
      const trigger = parseTrigger(request({ body }), one, nowMs);
      assert.ok('environment' in trigger, JSON.stringify(body));
      assert.equal(trigger.environment.name, 'acme');
    }
  });

  it('is for the environment that is named', () => {
    const trigger = parseTrigger(request({ body: { environment: 'other' } }), two, nowMs);
    assert.ok('environment' in trigger);
    assert.equal(trigger.environment.name, 'other');
  });

  it('takes the slot that the scheduler names', () => {
    const headers = { 'x-cloudscheduler-scheduletime': '2026-11-24T20:05:00Z' };
    const trigger = parseTrigger(request({ headers }), one, nowMs);
    assert.ok('slotMs' in trigger);
    assert.equal(trigger.slotMs, Date.parse('2026-11-24T20:05:00Z'));
  });

  it('is for the present slot when nobody names one', () => {
    const trigger = parseTrigger(request({}), one, nowMs);
    assert.ok('slotMs' in trigger);
    assert.equal(trigger.slotMs, Date.parse('2026-11-24T20:05:00Z'));
    assert.equal(trigger.synthetic, false);
  });

  it('may be a GET when a synthetic monitor asks', () => {
    const headers = { 'synthetic-execution-id': 'x' };
    const trigger = parseTrigger(request({ method: 'GET', headers }), one, nowMs);
    assert.ok('synthetic' in trigger);
    assert.equal(trigger.synthetic, true);
  });

  const refused: readonly (readonly [string, Asked, readonly Environment[], number, RegExp])[] = [
    ['a GET', { method: 'GET' }, one, 405, /GET is not allowed/],
    ['a PUT', { method: 'PUT' }, one, 405, /POST/],
    ['no name where there are two', {}, two, 400, /one of: acme, other/],
    [
      'a name that is not known',
      { body: { environment: 'nope' } },
      two,
      400,
      /no such environment; one of: acme, other/,
    ],
    ['a name that is a number', { body: { environment: 3 } }, one, 400, /JSON object such as/],
    ['a body that is a list', { body: [] }, one, 400, /JSON object such as/],
    ['a body that is a text', { body: 'acme' }, one, 400, /JSON object such as/],
    [
      'a slot without a zone',
      { headers: { 'x-cloudscheduler-scheduletime': '2026-11-24T20:05:00' } },
      one,
      400,
      /a time with zone/,
    ],
    ['a slot that is no time', { headers: { 'x-cloudscheduler-scheduletime': 'soon' } }, one, 400, /a time with zone/],
    [
      'a slot of the future, which would make all later runs late ones',
      { headers: { 'x-cloudscheduler-scheduletime': '2026-11-24T20:08:32Z' } },
      one,
      400,
      /within the last 24 hours/,
    ],
    [
      'a slot of the day before yesterday',
      { headers: { 'x-cloudscheduler-scheduletime': '2026-11-23T20:07:30Z' } },
      one,
      400,
      /within the last 24 hours/,
    ],
  ];
  for (const [name, asked, environments, status, problem] of refused) {
    it(`is refused: ${name}`, () => {
      const trigger = parseTrigger(request(asked), environments, nowMs);
      assert.ok('problem' in trigger);
      assert.equal(trigger.status, status);
      assert.match(trigger.problem, problem);
    });
  }

  it('accepts a scheduler whose clock is a little ahead', () => {
    const headers = { 'x-cloudscheduler-scheduletime': '2026-11-24T20:08:31Z' };
    assert.ok('slotMs' in parseTrigger(request({ headers }), one, nowMs));
  });
});
