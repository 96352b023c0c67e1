/** Least privilege: what each account may do, and that no secret's value is anywhere in what Terraform knows. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

import { deployed, ofType, type Resource } from './deployment.ts';
import { deployPage, placeOf, squeezed } from './deploy-page.ts';
import { excessiveGrants, grantsOf, privilegeTable } from './privileges.ts';
import { withoutProvider } from './terraform.ts';

const skip = withoutProvider() ?? false;
const resources: readonly Resource[] = skip === false ? deployed() : [];

describe('privileges', { skip }, () => {
  const grants = skip === false ? grantsOf(resources) : [];

  it('are those of the list and no others', () => {
    assert.ok(grants.length > 0);
    assert.deepEqual(excessiveGrants(grants), []);
  });

  it('let each step read the secrets that it needs', () => {
    const readers = grants.filter(({ on }) => on === 'secret golden-path-beta-password').map(({ account }) => account);
    assert.deepEqual(readers, ['probe auth', 'probe websocket']);
  });

  it('let only the scheduler call the functions', () => {
    const callers = grants.filter(({ role }) => role === 'roles/run.invoker').map(({ account }) => account);
    assert.deepEqual([...new Set(callers)], ['scheduler']);
    assert.equal(callers.length, ofType(resources, 'google_cloudfunctions2_function').length);
  });

  it('reach nobody outside', () => {
    assert.doesNotMatch(JSON.stringify(grants), /allUsers|allAuthenticatedUsers/);
  });

  it('are those of the table in docs/deploy.md', () => {
    const [table = ''] = placeOf('privileges').exec(readFileSync(deployPage, 'utf8')) ?? [];
    assert.equal(squeezed(table), squeezed(privilegeTable(grants)));
  });
});

describe('secrets', { skip }, () => {
  it('are made without a version, so no value can be in the state', () => {
    assert.deepEqual(ofType(resources, 'google_secret_manager_secret_version'), []);
    assert.ok(ofType(resources, 'google_secret_manager_secret').length > 0);
  });

  it('come to the functions by reference and never as plain variables', () => {
    const names = new Set(ofType(resources, 'google_secret_manager_secret').map(({ index }) => String(index)));
    for (const { address, values } of ofType(resources, 'google_cloudfunctions2_function')) {
      const [service]: readonly unknown[] = Array.isArray(values['service_config']) ? values['service_config'] : [];
      assert.ok(typeof service === 'object' && service !== null && 'environment_variables' in service, address);
      const plain = Object.keys(Object(service.environment_variables));
      assert.deepEqual(
        plain.filter((name) => names.has(name)),
        [],
        address,
      );
    }
  });
});
