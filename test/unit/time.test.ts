/** Calendar and durations, by examples and against the calendar of the platform. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { clockUtc, dayUtc, durationText, hourOfWeek, isoUtc, parseInstant, slotOf } from '../../shared/core/time.ts';

const atMs = Date.parse('2026-11-24T20:05:09.123Z');

describe('time', () => {
  it('is written in UTC', () => {
    assert.equal(isoUtc(atMs), '2026-11-24T20:05:09Z');
    assert.equal(clockUtc(atMs), '20:05 UTC');
    assert.equal(dayUtc(atMs), '2026-11-24');
  });

  it('is read only with a zone', () => {
    assert.equal(parseInstant('2026-11-24T20:05:09.123Z'), atMs);
    assert.equal(parseInstant('2026-11-24T21:05:09.123+01:00'), atMs);
    for (const text of ['2026-11-24T20:05:09', 'yesterday', '', '2026-13-24T20:05:09Z']) {
      assert.equal(parseInstant(text), null, text);
    }
  });

  it('has an hour of the week that begins on Monday', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 4e12 }), (ms) => {
        const date = new Date(ms);
        assert.equal(hourOfWeek(ms), ((date.getUTCDay() + 6) % 7) * 24 + date.getUTCHours());
      }),
    );
  });

  it('is rounded down to the slot', () => {
    assert.equal(slotOf(atMs, 300_000), Date.parse('2026-11-24T20:05:00Z'));
    assert.equal(slotOf(Date.parse('2026-11-24T20:05:00Z'), 300_000), Date.parse('2026-11-24T20:05:00Z'));
  });

  for (const [ms, text] of [
    [-5, '0 s'],
    [499, '0 s'],
    [59_400, '59 s'],
    [59_600, '1 min'],
    [754_000, '13 min'],
    [3_600_000, '1 h'],
    [7_800_000, '2 h 10 min'],
    [86_400_000, '1 d'],
    [273_600_000, '3 d 4 h'],
  ] as const) {
    it(`says ${text} for ${ms} ms`, () => {
      assert.equal(durationText(ms), text);
    });
  }
});
