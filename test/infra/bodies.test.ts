/** Dashboards, alert policies, objectives and metric descriptors, held against Google's own protos. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { metricNames } from '../../shared/core/metrics/catalogue.ts';
import { bodiesOf, dashboardType } from './bodies.ts';
import { deployed, ofType, type Resource, textOf } from './deployment.ts';
import { problemsOf } from './protos.ts';
import { withoutProvider } from './terraform.ts';

const skip = withoutProvider() ?? false;
const resources: readonly Resource[] = skip === false ? deployed() : [];

describe('bodies for the Cloud Monitoring API', { skip }, () => {
  it('are made of fields that exist, and keep to the limits', () => {
    const bodies = bodiesOf(resources);
    // Two dashboards, the policies of seven steps, two environments and of everything, seven objectives, descriptors.
    assert.equal(bodies.length, 2 + (2 * 7 + 3 * 2 + 1) + 7 + metricNames.length);
    assert.deepEqual(
      bodies.filter(({ problems }) => problems.length > 0),
      [],
    );
  });

  it('show every metric of the catalogue on the dashboard', () => {
    const alpha = ofType(resources, 'google_monitoring_dashboard').find(({ index }) => index === 'alpha');
    assert.ok(alpha !== undefined);
    const body = textOf(alpha, 'dashboard_json');
    assert.deepEqual(
      metricNames.filter((name) => !body.includes(`golden_path/${name}\\"`)),
      [],
    );
  });
});

describe('the check against the protos', () => {
  const tile = (widget: object) => ({ mosaicLayout: { columns: 12, tiles: [{ width: 4, height: 4, widget }] } });
  const mistakes: readonly (readonly [name: string, body: object, problem: RegExp])[] = [
    ['a misspelt field', tile({ titel: 'x' }), /titel: Widget has no such field/],
    ['an unknown word', tile({ xyChart: { dataSets: [{ plotType: 'LINES' }] } }), /LINES is none of .*HEATMAP/],
    ['one where a list must be', tile({ xyChart: { dataSets: {} } }), /dataSets: must be a list/],
    ['a number where a text must be', tile({ text: { content: 5 } }), /content: must be a string/],
    ['two of which one may be', tile({ text: { content: 'x' }, scorecard: { x: 1 } }), /only one of text, scorecard/],
    ['a text where a number must be', { mosaicLayout: { columns: '12' } }, /columns: must be a number/],
  ];
  for (const [name, body, problem] of mistakes) {
    it(`sees ${name}`, () => {
      assert.match(problemsOf(body, dashboardType).join('\n'), problem);
    });
  }
});
