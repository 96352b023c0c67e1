/**
 * Every fault and every healthy variant of the sandbox, against all four probes, through the whole run with its real
 * adapters: the exact verdict and reason of each step, the first broken step in the incident, in time, without a leak.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';

import { steps } from '../../shared/core/step.ts';
import { faults } from '../sandbox/faults.ts';
import { secretNames } from '../sandbox/secrets.ts';
import { variants } from '../sandbox/variants.ts';
import { findLeaks } from '../support/canary.ts';
import { openOutside } from '../support/full-run.ts';
import { matrixPage, withoutTimes } from '../support/matrix-page.ts';
import { type Case, firstBroken, isFault, runMatrix } from '../support/matrix.ts';

/** A probe may end this long after its deadline: closing sockets takes a moment on a busy machine. */
const graceMs = 1_000;

const outside = await openOutside();
const cases: Case[] = [];
await runMatrix({ outside, lanes: 20, onCase: (found) => cases.push(found) });
const messages = outside.slack.messages();
const series = outside.monitoring.series();

describe('the fault matrix', () => {
  after(() => outside[Symbol.asyncDispose]());

  it('has at least 90 faults and 25 healthy variants, all of them run', () => {
    assert.ok(faults.length >= 90, `${faults.length} faults`);
    assert.ok(variants.length >= 25, `${variants.length} variants`);
    assert.equal(cases.length, faults.length + variants.length);
  });

  for (const found of cases) {
    it(`${isFault(found.knob) ? 'fault' : 'healthy'} ${found.knob.id}: ${found.knob.title}`, () => {
      for (const step of steps) {
        const { verdict, reason, detail, tookMs, deadlineMs } = found.found[step];
        assert.deepEqual({ step, verdict, reason }, { step, ...found.expected[step] }, detail);
        assert.ok(tookMs <= deadlineMs + graceMs, `${step} took ${tookMs} ms of ${deadlineMs} ms`);
        assert.deepEqual(found.run.records[step]?.trouble, [], step);
      }
      assert.equal(found.run.incident?.firstStep ?? null, firstBroken(found.expected));
      const secrets = Object.fromEntries(secretNames.map((name) => [name, found.secrets(name)?.reveal() ?? '']));
      assert.deepEqual(findLeaks(found.run.left, secrets), []);
    });
  }

  it('is what docs/fault-matrix.md says', () => {
    const page = readFileSync(new URL('../../docs/fault-matrix.md', import.meta.url), 'utf8');
    assert.equal(withoutTimes(page), withoutTimes(matrixPage(cases)), 'npm run matrix writes it anew');
  });

  it('told Slack of each incident, and leaked nothing there or to Cloud Monitoring', () => {
    const incidents = cases.filter(({ run }) => run.incident !== null);
    assert.ok(messages.length >= incidents.length);
    const secrets = Object.assign(
      {},
      ...cases.map(({ secrets: of }, at) =>
        Object.fromEntries(secretNames.map((name) => [`${name} of case ${at}`, of(name)?.reveal() ?? ''])),
      ),
    );
    const texts = [...messages, ...series].map((each) => JSON.stringify(each));
    assert.deepEqual(findLeaks(texts, secrets), []);
  });
});
