/** A whole life of a deployment without a cloud: first apply, a plan that changes nothing, an environment more, the end. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import * as v from 'valibot';
import { parse } from 'yaml';

import { type Finished, openWorkspace, type Workspace, withoutRehearsal } from './terraform.ts';

const settings = {
  project: 'acme-monitoring',
  environments_dir: 'tests/fixtures/environments',
  bundle_dir: 'tests/fixtures/bundle',
  functions: { propagation_seconds: 0 },
  alerting: { emails: ['oncall@example.com'] },
  firestore: { delete_protection: false },
};

const plan = v.object({
  resource_changes: v.array(
    v.object({ type: v.string(), address: v.string(), change: v.object({ actions: v.array(v.string()) }) }),
  ),
});

type Change = v.InferOutput<typeof plan>['resource_changes'][number];

describe('a deployment', { skip: withoutRehearsal() ?? false }, () => {
  it('of two environments in two regions leaves nothing to do', () => {
    using workspace = started(['alpha', 'beta']);
    // Exit code 2 would mean that there are changes.
    done(workspace, ['plan', '-detailed-exitcode', '-input=false']);
  });

  it('grows by an environment without a new function, and without touching what is there', () => {
    using workspace = started(['alpha']);
    const changes = planned(workspace, ['alpha', 'beta']);
    const created = changes.filter(({ change }) => change.actions.join() === 'create');
    assert.deepEqual(
      created.filter(({ type }) => type === 'google_cloudfunctions2_function'),
      [],
    );
    assert.equal(created.filter(({ type }) => type === 'google_cloud_scheduler_job').length, 6);
    const touched = changes.filter(({ change }) => !['create', 'no-op', 'read'].includes(change.actions.join()));
    // The archive holds a file more, functions know a secret more and wait for the slower environment, schedules wait
    // for the functions, and silence of everything is told by the slowest cadence.
    assert.deepEqual(
      [...new Set(touched.map(({ type }) => type))].toSorted(),
      [
        'google_cloud_scheduler_job',
        'google_cloudfunctions2_function',
        'google_monitoring_alert_policy',
        'google_storage_bucket_object',
      ],
      JSON.stringify(touched, null, 1),
    );
    const policies = touched.filter(({ type }) => type === 'google_monitoring_alert_policy');
    assert.ok(policies.every(({ address }) => address.endsWith('/silent"]')));
  });

  it('goes as docs/deploy.md says: secrets first, then everything, with the example and the file that ships', () => {
    using workspace = openWorkspace();
    const name = 'netra-staging';
    const file = readFileSync(join(workspace.dir, 'environments', `${name}.yaml`), 'utf8');
    writeFileSync(join(workspace.dir, bundled(name)), JSON.stringify(parse(file)));
    const own = [
      '-var-file=example.tfvars',
      '-var=bundle_dir=tests/fixtures/bundle',
      '-var=functions={propagation_seconds=0}',
    ];
    const apply = ['apply', '-auto-approve', '-input=false', ...own];
    done(workspace, ['init', '-input=false']);
    const first = done(workspace, [...apply, '-target=google_secret_manager_secret.made']);
    assert.match(first.stdout, /gcloud secrets versions add golden-path-netra-staging-login-key/);
    assert.doesNotMatch(first.stdout, /google_cloudfunctions2_function/);
    assert.match(done(workspace, apply).stdout, /gcloud scheduler jobs run golden-path-netra-staging-agent/);
    done(workspace, ['plan', '-detailed-exitcode', '-input=false', ...own]);
  });

  it('takes what it made away again', () => {
    using workspace = started(['beta']);
    assert.match(done(workspace, ['destroy', '-auto-approve', '-input=false']).stdout, /Destroy complete!/);
  });
});

function started(environments: readonly string[]): Workspace {
  const workspace = openWorkspace();
  choose(workspace, environments);
  done(workspace, ['init', '-input=false']);
  done(workspace, ['apply', '-auto-approve', '-input=false']);
  return workspace;
}

function planned(workspace: Workspace, environments: readonly string[]): readonly Change[] {
  choose(workspace, environments);
  const file = join(workspace.dir, 'next.tfplan');
  done(workspace, ['plan', '-input=false', `-out=${file}`]);
  return v.parse(plan, JSON.parse(done(workspace, ['show', '-json', file]).stdout)).resource_changes;
}

function choose(workspace: Workspace, environments: readonly string[]): void {
  const file = join(workspace.dir, 'test.auto.tfvars.json');
  writeFileSync(file, JSON.stringify({ ...settings, environments }));
}

function bundled(name: string): string {
  return `tests/fixtures/bundle/environments/${name}.json`;
}

/** Runs a command that must succeed. */
function done(workspace: Workspace, args: readonly string[]): Finished {
  const finished = workspace.rehearse(args);
  assert.equal(finished.code, 0, `terraform ${args.join(' ')}\n${finished.stdout}${finished.stderr}`);
  return finished;
}
