import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import * as v from 'valibot';

import catalogue from '../../shared/metrics.json' with { type: 'json' };
import {
  isMetricName,
  job,
  metricEntry,
  metricNames,
  metricType,
  promqlName,
  resourceType,
} from '../../shared/core/metrics/catalogue.ts';
import { labelSets } from '../../shared/core/metrics/labels.ts';
import { metricsPage } from '../support/metrics-page.ts';

/** The form that Terraform reads; a key more or less is a change of contract. */
const form = v.strictObject({
  prefix: v.literal('custom.googleapis.com/golden_path/'),
  resource: v.literal('generic_task'),
  job: v.literal('golden-path'),
  groups: v.record(v.string(), v.string()),
  metrics: v.record(
    v.string(),
    v.strictObject({
      group: v.string(),
      metricKind: v.picklist(['GAUGE', 'CUMULATIVE']),
      valueType: v.picklist(['INT64', 'DOUBLE', 'DISTRIBUTION']),
      unit: v.string(),
      displayName: v.string(),
      description: v.string(),
      action: v.string(),
      labels: v.record(
        v.string(),
        v.strictObject({
          description: v.string(),
          values: v.picklist(['verdicts', 'reasons', 'phases', 'checks', 'file']),
        }),
      ),
      bounds: v.optional(v.array(v.number())),
    }),
  ),
});

/** Units of UCUM that are in use, and annotations such as `{run}`. */
const unit = /^(?:1|ms|s|d|By|\{[a-z]+\})$/;

/** Labels of the monitored resource: a metric label of the same name would be renamed in PromQL. */
const resourceLabels = new Set(['project_id', 'location', 'namespace', 'job', 'task_id']);

describe('the metric catalogue', () => {
  it('has the form that Terraform reads', () => {
    assert.deepEqual(v.parse(form, catalogue), catalogue);
  });

  it('names the resource and the job of every series', () => {
    assert.deepEqual([resourceType, job], ['generic_task', 'golden-path']);
  });

  it('knows its own names and no others', () => {
    assert.ok(metricNames.length > 25);
    assert.ok(metricNames.every((name) => isMetricName(name)));
    assert.ok(!isMetricName('toString') && !isMetricName('Up'));
  });

  for (const name of metricNames) {
    const entry = metricEntry(name);

    it(`describes ${name} within the limits of the API`, () => {
      assert.match(name, /^[a-z][a-z0-9_]*$/);
      assert.ok(metricType(name).length <= 100);
      assert.match(entry.unit, unit);
      assert.match(entry.displayName, /^Golden path(?: monitor)?: .{3,80}$/);
      for (const sentence of [entry.description, entry.action]) {
        assert.match(sentence, /^[A-Z0-9].+\.$/s);
        assert.ok(sentence.length <= 300, sentence);
      }
      for (const key of Object.keys(entry.labels)) {
        assert.match(key, /^[a-z][a-z_]{0,99}$/);
        assert.ok(!resourceLabels.has(key));
      }
    });
  }

  it('gives bucket bounds to distributions alone, rising from 5 ms to 300 s, each at most twice the one before', () => {
    for (const name of metricNames) {
      const { valueType, bounds } = metricEntry(name);
      assert.equal(bounds.length > 0, valueType === 'DISTRIBUTION', name);
      const steps = bounds.slice(1).map((bound, index) => bound / (bounds[index] ?? 0));
      assert.ok(steps.every((step) => step > 1 && step <= 2));
    }
    const { bounds } = metricEntry('latency_distribution');
    assert.deepEqual([bounds[0], bounds.at(-1)], [5, 300_000]);
    assert.ok(bounds.length < 199);
  });

  it('takes label values from sets whose members fit into a label', () => {
    for (const set of Object.values(labelSets)) {
      assert.ok(set.size > 1);
      for (const value of set) {
        assert.match(value, /^[a-z][a-z0-9_.]{0,62}$/);
      }
    }
  });

  it('knows the names that PromQL has for the metrics', () => {
    assert.equal(promqlName('up'), 'custom_googleapis_com:golden_path_up');
    assert.equal(metricType('up'), 'custom.googleapis.com/golden_path/up');
  });
});

describe('docs/metrics.md', () => {
  it('is what the catalogue gives; else run `node test/support/write-metrics-page.ts`', () => {
    assert.equal(readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8'), metricsPage());
  });

  it('has a meaning for every metric', () => {
    const page = metricsPage();
    for (const name of metricNames) {
      assert.ok(page.includes(`- **\`${name}\`** ${metricEntry(name).description}`), name);
    }
  });
});
