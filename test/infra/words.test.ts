/** What Terraform says once more because it cannot read TypeScript, held equal to where it comes from. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';

import { parse } from 'yaml';

import { environmentsMax, loadEnvironments } from '../../shared/io/environment-files.ts';
import { allReasons, reasonEntry, runbookAnchor } from '../../shared/core/reasons.ts';
import { functionName, steps } from '../../shared/core/step.ts';
import { infraDir, projectDir } from './terraform.ts';

function source(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

describe('words that Terraform repeats', () => {
  it('the order of the flow is that of the code', () => {
    for (const file of ['modules/catalogue/environments.tf', 'modules/dashboard/widgets.tf']) {
      assert.ok(source(infraDir, file).includes(`flow = [${steps.map((step) => `"${step}"`).join(', ')}]`), file);
    }
  });

  it('the reasons of the security alert are those of that severity', () => {
    const reasons = allReasons.filter((reason) => reasonEntry(reason).severity === 'security');
    const list = `security_reasons = [${reasons.map((reason) => `"${reason}"`).join(', ')}]`;
    assert.ok(source(infraDir, 'modules/rules/security.tf').includes(list), list);
  });

  it('anchors in the runbook are those of reasons', () => {
    const rules = globSync('modules/rules/*.tf', { cwd: infraDir }).map((file) => source(infraDir, file));
    const anchors = [...rules.join('\n').matchAll(/anchor += "([a-z-]+)"/g)];
    assert.ok(anchors.length > 0);
    for (const [, anchor = ''] of anchors) {
      assert.ok(
        allReasons.some((reason) => runbookAnchor(reason) === anchor),
        anchor,
      );
    }
  });

  it('entry points are the names under which the functions are registered', () => {
    assert.ok(
      source(infraDir, 'modules/catalogue/functions.tf').includes(`entry_point     = "probe-\${probes[0].step}"`),
    );
    assert.equal(functionName('auth'), 'probe-auth');
  });

  it('a set of functions serves as many environments as the code loads', () => {
    assert.ok(source(infraDir, 'variables.tf').includes(`length(var.environments) <= ${environmentsMax}`));
  });

  it('the collection and the fields of the state are those of the store', () => {
    const store = source(projectDir, 'shared/io/state/firestore.ts');
    const [, collection] = /const collection = '(\w+)'/.exec(store) ?? [];
    const database = source(infraDir, 'firestore.tf');
    assert.equal(database.split(`collection = "${String(collection)}"`).length, 3);
    assert.ok(store.includes('expires_at: ') && database.includes('field      = "expires_at"'));
    assert.ok(store.includes('json: ') && database.includes('field      = "json"'));
  });
});

describe('the fixtures', () => {
  it('are environment files that the code accepts', async () => {
    for (const folder of ['environments', 'refused']) {
      const loaded = await loadEnvironments(join(infraDir, 'tests/fixtures', folder));
      assert.ok(loaded.ok, JSON.stringify(loaded));
    }
  });

  it('hold the same in the bundle as in the files', () => {
    for (const file of globSync('tests/fixtures/environments/*.yaml', { cwd: infraDir })) {
      const bundled = source(infraDir, 'tests/fixtures/bundle/environments', `${basename(file, '.yaml')}.json`);
      assert.deepEqual(JSON.parse(bundled), parse(source(infraDir, file)), file);
    }
  });
});
