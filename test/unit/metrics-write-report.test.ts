import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  grpcStatus,
  isUnanswered,
  readCallError,
  refusal,
  sumReports,
  withoutRepeats,
} from '../../shared/core/metrics/write-report.ts';
import { pointsWith } from '../support/metric-run.ts';

const points = pointsWith();
const metrics = [...new Set(points.map(({ metric }) => metric))];
const tooFrequent =
  'One or more points were written more frequently than the maximum sampling period configured for the metric.';

function callError(statusDetails?: readonly unknown[]): Error {
  const known = { code: 3, details: 'One or more TimeSeries could not be written', metadata: {} };
  return Object.assign(new Error('3 INVALID_ARGUMENT'), known, statusDetails === undefined ? {} : { statusDetails });
}

describe('the error of a call', () => {
  it('is read from the summary: what was written, and what was refused for which cause', () => {
    const errors = [
      { status: { code: 3, message: tooFrequent }, pointCount: 2 },
      { status: { code: 13, message: 'Internal error encountered.' }, pointCount: 1 },
    ];
    const summary = { totalPointCount: 13, successPointCount: 10, errors };
    assert.deepEqual(readCallError(callError([{ reason: 'another detail' }, summary]), points), {
      written: 10,
      refused: [
        { code: 3, message: tooFrequent, points: 2, metrics },
        { code: 13, message: 'Internal error encountered.', points: 1, metrics },
      ],
    });
  });

  for (const [what, details] of [
    ['has no details', undefined],
    ['has details of another kind', [{ type_url: 'x', value: 'y' }, null, 7]],
    ['has a broken summary', [{ successPointCount: 'many', errors: [] }]],
  ] as const) {
    it(`means that nothing was written when it ${what}`, () => {
      assert.deepEqual(readCallError(callError(details), points), {
        written: 0,
        refused: [{ code: 3, message: 'One or more TimeSeries could not be written', points: points.length, metrics }],
      });
    });
  }

  it('is a fault of our own when it is no status of gRPC', () => {
    for (const error of [
      new TypeError('x is not a function'),
      'closed',
      null,
      undefined,
      { code: 'ENOENT', details: '' },
    ]) {
      assert.equal(readCallError(error, points), null);
    }
  });

  it('is cut: a refusal can be as long as the request', () => {
    const report = readCallError(Object.assign(callError(), { details: 'x'.repeat(10_000) }), points);
    assert.ok((report?.refused[0]?.message.length ?? 0) <= 300);
  });
});

describe('a call that was not answered', () => {
  it('is told apart from one that was refused', () => {
    assert.ok(isUnanswered(refusal(points, grpcStatus.unavailable, 'down')));
    assert.ok(isUnanswered(refusal(points, grpcStatus.deadlineExceeded, 'slow')));
    assert.ok(!isUnanswered(refusal(points, 3, 'wrong')));
    assert.ok(!isUnanswered(refusal(points, 7, 'forbidden')));
  });

  it('was written after all when its repetition finds its points there', () => {
    const outOfOrder =
      'Points must be written in order. One or more of the points specified had an older end time than the most recent point.';
    const refused = [
      { code: 3, message: outOfOrder, points: 4, metrics },
      { code: 3, message: tooFrequent, points: 2, metrics },
      { code: 3, message: 'Unrecognized region or location.', points: 1, metrics },
    ];
    assert.deepEqual(withoutRepeats({ written: 3, refused }), { written: 9, refused: refused.slice(2) });
  });
});

describe('the reports of several calls', () => {
  it('add up', () => {
    const second = refusal(points.slice(0, 1), 3, 'wrong');
    assert.deepEqual(sumReports([{ written: 200, refused: [] }, second]), { written: 200, refused: second.refused });
    assert.deepEqual(sumReports([]), { written: 0, refused: [] });
  });
});
