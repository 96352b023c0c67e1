/** `docs/judging.md` says what the judge does: its generated parts are as the script would write them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';

import { matrixSection, timelinesSection, withSection } from '../simulation/judging-sections.ts';
import { transitionMatrix } from '../simulation/matrix.ts';

const page = await readFile(new URL('../../docs/judging.md', import.meta.url), 'utf8');

describe('docs/judging.md', () => {
  it('has the transition matrix of the code', () => {
    assert.equal(withSection(page, 'matrix', matrixSection()), page, 'run: node test/simulation/write-judging.ts');
  });

  it('has the timelines of the tests', () => {
    assert.equal(
      withSection(page, 'timelines', timelinesSection()),
      page,
      'run: node test/simulation/write-judging.ts',
    );
  });

  it('has a place for every generated part', () => {
    assert.throws(() => withSection(page, 'weather', ''), /no place for weather/);
  });
});

describe('the transition matrix', () => {
  const rows = Object.fromEntries(transitionMatrix().map(({ state, cells }) => [state, cells]));
  const still = 'still firing';
  const nothing = ['inconclusive', 'duplicate', 'late'] as const;
  const blocked = 'blocked';

  const expected: Readonly<Record<string, readonly string[]>> = {
    well: [
      'steady',
      'flaky',
      'below threshold',
      'below threshold',
      'fired, **opened @**',
      blocked,
      'blocked without cause, below threshold',
      ...nothing,
    ],
    'one failure': [
      'steady',
      'flaky',
      'below threshold',
      'fired, **opened @**',
      'fired, **opened @**',
      blocked,
      'blocked without cause, fired, **opened @**',
      ...nothing,
    ],
    'two degraded runs': [
      'steady',
      'flaky',
      'fired, **opened**',
      'fired, **opened**',
      'fired, **opened @**',
      blocked,
      'blocked without cause, fired, **opened**',
      ...nothing,
    ],
    'fires, degraded': [
      'recovering',
      still,
      still,
      still,
      'worsened, **changed @**',
      blocked,
      `blocked without cause, ${still}`,
      ...nothing,
    ],
    'fires, outage': [
      'recovering',
      still,
      still,
      still,
      'reason changed, **changed @**',
      blocked,
      `blocked without cause, ${still}`,
      ...nothing,
    ],
    'recovering from an outage': [
      'recovered, **resolved**',
      'eased, **changed**',
      'eased, **changed**',
      still,
      'reason changed, **changed @**',
      blocked,
      `blocked without cause, ${still}`,
      ...nothing,
    ],
    'fires, open door': [
      'recovering',
      still,
      still,
      still,
      still,
      blocked,
      `blocked without cause, ${still}`,
      ...nothing,
    ],
  };

  it('has the states that are listed here', () => {
    assert.deepEqual(Object.keys(rows), Object.keys(expected));
  });

  for (const [state, cells] of Object.entries(expected)) {
    it(`is as it should be from: ${state}`, () => {
      assert.deepEqual(rows[state], cells);
    });
  }
});
