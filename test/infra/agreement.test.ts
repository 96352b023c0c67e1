/** What Terraform and the code each make of the same files, held equal: time-outs, secrets, the product team's targets. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { type Environment, stepsOf } from '../../shared/core/environment/definition.ts';
import { secretNamesOf } from '../../shared/core/environment/secret-names.ts';
import { runTimes } from '../../shared/core/lint/times.ts';
import { isStep, type Step } from '../../shared/core/step.ts';
import { loadEnvironments } from '../../shared/io/environment-files.ts';
import { summarise } from '../../shared/local/page/model/summary.ts';
import { runRow } from '../support/run-row.ts';
import { deployed, ofType, type Resource, textOf } from './deployment.ts';
import { infraDir, withoutProvider } from './terraform.ts';

const skip = withoutProvider() ?? false;
const resources: readonly Resource[] = skip === false ? deployed() : [];
const functions = ofType(resources, 'google_cloudfunctions2_function');
const jobs = ofType(resources, 'google_cloud_scheduler_job');

describe('code and Terraform agree', { skip }, () => {
  it('on how long a function may take: as long as the slowest of its environments', async () => {
    const environments = await fixtures();
    assert.equal(functions.length, 8);
    for (const each of functions) {
      assert.equal(Object(serviceOf(each)).timeout_seconds, secondsOf(environments, stepIn(each, 0)), each.address);
    }
  });

  it('on how long the scheduler waits for it', async () => {
    const environments = await fixtures();
    assert.equal(jobs.length, 14);
    for (const each of jobs) {
      const seconds = secondsOf(environments, stepIn(each, 1)) + 30;
      assert.equal(textOf(each, 'attempt_deadline'), `${seconds}s`, each.address);
    }
  });

  it('on the secrets that a function gets: those that it looks for at its start, and no others', async () => {
    const environments = await fixtures();
    for (const each of functions) {
      const step = stepIn(each, 0);
      const looked = environments.flatMap((environment) => secretNamesOf(environment, [step]).map(({ name }) => name));
      const given: readonly { readonly key: string }[] = Object(serviceOf(each)).secret_environment_variables;
      assert.deepEqual(
        given.map(({ key }) => key).toSorted(),
        [...new Set([...looked, 'SLACK_BOT_TOKEN'])].toSorted(),
        each.address,
      );
    }
  });

  it('on what the product team promised itself: the floors of a dashboard are the targets of a report', () => {
    const dashboards = ofType(resources, 'google_monitoring_dashboard');
    assert.equal(dashboards.length, 2);
    for (const each of dashboards) {
      const drawn = [...textOf(each, 'dashboard_json').matchAll(/\{[^{}]*"label":"floor"[^{}]*\}/g)].map(
        ([threshold]): unknown => Object(JSON.parse(threshold)).value,
      );
      assert.deepEqual(new Set(drawn), reportTargets(stepsIn(each)), each.address);
    }
  });
});

/** Each value once: the dashboard draws equal bounds as one line. */
function reportTargets(of: readonly Step[]): ReadonlySet<number> {
  const rows = of.map((step) => runRow({ step, verdict: 'pass', slotMs: 0 }));
  const { steps } = summarise(
    { rows, incidents: [], fromMs: 0, toMs: 1_000 },
    { rows: [], incidents: [], fromMs: -1_000, toMs: 0 },
    1_000,
  );
  assert.equal(steps.length, of.length);
  return new Set(steps.map(({ target }) => target));
}

/** The steps of the dashboard's environment, by its objectives. */
function stepsIn({ index }: Resource): readonly Step[] {
  return ofType(resources, 'google_monitoring_slo').flatMap(({ index: key }) =>
    String(key).startsWith(`${String(index)}/`) ? [String(key).split('/')[1] ?? ''].filter(isStep) : [],
  );
}

async function fixtures(): Promise<readonly Environment[]> {
  const loaded = await loadEnvironments(join(infraDir, 'tests/fixtures/environments'));
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.environments.map(({ environment }) => environment);
}

function secondsOf(environments: readonly Environment[], step: Step): number {
  const watching = environments.filter((environment) => stepsOf(environment).includes(step));
  return Math.max(...watching.map((environment) => runTimes(environment, step).functionTimeoutSeconds));
}

/** The step in a resource's key, such as `step/region` or `environment/step/region`. */
function stepIn({ address, index }: Resource, place: number): Step {
  const step = String(index).split('/')[place];
  assert.ok(isStep(step), address);
  return step;
}

function serviceOf({ values }: Resource): unknown {
  return Array.isArray(values['service_config']) ? values['service_config'][0] : undefined;
}
