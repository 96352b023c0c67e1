/** Runs Terraform's own test files: those of the modules, which need nothing, and those of the root. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { openWorkspace, pureModules, withoutProvider, withoutTerraform } from './terraform.ts';

describe("Terraform's own tests", () => {
  for (const module of pureModules) {
    it(`pass in modules/${module}, which needs no provider`, { skip: withoutTerraform() ?? false }, () => {
      using workspace = openWorkspace();
      assert.equal(workspace.run(['init', '-input=false'], `modules/${module}`).code, 0);
      const { code, stdout, stderr } = workspace.run(['test'], `modules/${module}`);
      assert.equal(code, 0, stdout + stderr);
      assert.match(stdout, /[1-9]\d* passed, 0 failed/);
    });
  }

  it('pass in the root, with a mocked google provider', { skip: withoutProvider() ?? false }, () => {
    using workspace = openWorkspace();
    const init = workspace.run(['init', '-backend=false', '-input=false']);
    assert.equal(init.code, 0, init.stderr);
    const valid = workspace.run(['validate']);
    assert.equal(valid.code, 0, valid.stderr);
    const { code, stdout, stderr } = workspace.run(['test']);
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /[1-9]\d* passed, 0 failed/);
  });
});
