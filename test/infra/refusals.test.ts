/** What a person reads who made a mistake in a variable or a file: each message says what is wrong and what is right. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { openWorkspace, type Workspace, withoutRehearsal } from './terraform.ts';

const good = {
  project: 'acme-monitoring',
  environments: ['alpha'],
  environments_dir: 'tests/fixtures/environments',
  bundle_dir: 'tests/fixtures/bundle',
  alerting: { emails: ['oncall@example.com'] },
};

const refused = 'tests/fixtures/refused';

const table: readonly (readonly [name: string, bad: object, message: RegExp])[] = [
  [
    'an environment without a file',
    { environments: ['gama'] },
    /No such environment file: gama\. There are: alpha, beta\./,
  ],
  ['nobody to alert', { alerting: {} }, /a dead monitor must reach someone/],
  ['no bundle', { bundle_dir: 'nowhere' }, /run `npm ci && npm run build`/],
  [
    'a bundle of before',
    { environments: ['gamma'], environments_dir: refused },
    /does not hold the present state of gamma: run `npm run build` again\. It never holds .* on one's own machine, as `sandbox`/,
  ],
  [
    'a cadence that cron cannot keep',
    { environments: ['odd-cadence'], environments_dir: refused },
    /cannot keep the `cadenceSeconds` of odd-cadence \(420\); allowed: 60, 120,/,
  ],
  [
    'runs that outlast the scheduler',
    { environments: ['too-long'], environments_dir: refused },
    /too-long\/agent\/us-central1 \(1853\)\. Lower `deadlineSeconds`/,
  ],
  [
    'a file that names another environment',
    { environments: ['other-name'], environments_dir: refused },
    /File name and `name` must agree: other-name\.yaml/,
  ],
  ['a goal of too many nines', { slo: { goals: { auth: 0.9999 } } }, /A goal is a share from 0\.5 to 0\.999/],
];

describe('a refusal says what is wrong', { skip: withoutRehearsal() ?? false }, () => {
  let workspace: Workspace;
  before(() => {
    workspace = openWorkspace();
    assert.equal(workspace.rehearse(['init', '-input=false']).code, 0);
  });
  after(() => workspace[Symbol.dispose]());

  for (const [name, bad, message] of table) {
    it(name, () => {
      writeFileSync(join(workspace.dir, 'test.auto.tfvars.json'), JSON.stringify({ ...good, ...bad }));
      const { code, stderr } = workspace.rehearse(['plan', '-input=false', '-no-color']);
      assert.equal(code, 1);
      // Terraform folds its messages to the width of a terminal.
      assert.match(stderr.replaceAll(/\s+/g, ' '), message);
    });
  }
});
