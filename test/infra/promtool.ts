/**
 * Evaluates alert rules as Prometheus does, with promtool, on series that a simulated deployment would have written.
 * Cloud Monitoring's PromQL is that of Prometheus 2.44, except for what Google documents as differences.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Resource } from './deployment.ts';

/** Why rules cannot be evaluated; null when they can. */
export function withoutPromtool(): string | null {
  return spawnSync('promtool', ['--version']).status === 0
    ? null
    : 'promtool is not installed (Debian: apt-get install prometheus)';
}

export interface Rule {
  /** Key of the policy and place of the condition: `alpha/auth/down#0`. */
  readonly alert: string;
  readonly expr: string;
}

/** A series by its PromQL name, with a value at some ticks. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<number, number>;
}

export interface ExpectedAlert {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Timeline {
  readonly name: string;
  readonly series: readonly Series[];
  /** Exactly the alerts that fire at a minute; all other rules must be quiet then. */
  readonly firing: ReadonlyMap<number, readonly ExpectedAlert[]>;
}

/** Seconds between two ticks of a series: fine enough to keep samples off the minutes at which rules are evaluated. */
export const tickSeconds = 20;

/** The conditions of alert policies as rules of Prometheus. */
export function rulesOf(policies: readonly Resource[]): readonly Rule[] {
  return policies.flatMap(({ index, values }) => {
    const conditions: readonly unknown[] = Array.isArray(values['conditions']) ? values['conditions'] : [];
    return conditions.map((condition, place) => ({ alert: `${String(index)}#${place}`, expr: queryOf(condition) }));
  });
}

function queryOf(condition: unknown): string {
  const [promql]: readonly unknown[] = Object(condition).condition_prometheus_query_language ?? [];
  return String(Object(promql).query);
}

/** What promtool says about the rules on these timelines; null when all is as expected. */
export function disagreement(rules: readonly Rule[], timelines: readonly Timeline[]): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'golden-path-promtool-'));
  try {
    writeFileSync(join(dir, 'rules.json'), JSON.stringify({ groups: [{ name: 'all', rules }] }));
    writeFileSync(join(dir, 'test.json'), JSON.stringify(testFile(rules, timelines)));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.json'], {
      cwd: dir,
      encoding: 'utf8',
      maxBuffer: 64 * 1_024 * 1_024,
    });
    return status === 0 ? null : stdout + stderr;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** JSON is YAML, which is what promtool reads. */
function testFile(rules: readonly Rule[], timelines: readonly Timeline[]): object {
  return {
    rule_files: ['rules.json'],
    evaluation_interval: '1m',
    tests: timelines.map(({ name, series, firing }) => ({
      name,
      interval: `${tickSeconds}s`,
      input_series: series.map(inputSeries),
      alert_rule_test: [...firing].flatMap(([minute, alerts]) =>
        rules.map(({ alert }) => ({
          eval_time: `${minute}m`,
          alertname: alert,
          exp_alerts: alerts.filter((each) => each.alert === alert).map(({ labels }) => ({ exp_labels: labels })),
        })),
      ),
    })),
  };
}

function inputSeries({ name, labels, values }: Series): object {
  const text = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const ticks = Array.from({ length: Math.max(...values.keys()) + 1 }, (_, tick) => values.get(tick) ?? '_');
  return { series: `${name}{${text.join(',')}}`, values: ticks.join(' ') };
}
