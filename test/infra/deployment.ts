/**
 * Everything that would be deployed for the two environments of the fixtures, as Terraform's own test command tells it
 * after a mocked apply. Needs a provider's schema, but no cloud and no credentials.
 */
import assert from 'node:assert/strict';

import * as v from 'valibot';

import { openWorkspace, type Workspace } from './terraform.ts';

const resource = v.object({
  address: v.string(),
  mode: v.picklist(['managed', 'data']),
  type: v.string(),
  name: v.string(),
  index: v.optional(v.union([v.string(), v.number()])),
  values: v.record(v.string(), v.unknown()),
});

export type Resource = v.InferOutput<typeof resource>;

const stateMessage = v.object({
  type: v.literal('test_state'),
  test_state: v.object({ root_module: v.object({ resources: v.array(resource) }) }),
});

/** The resources that a mocked apply in this workspace makes. Fails with Terraform's own words. */
export function deployIn(workspace: Workspace): readonly Resource[] {
  const init = workspace.run(['init', '-backend=false', '-input=false']);
  assert.equal(init.code, 0, init.stderr);
  const { stdout } = workspace.run(['test', '-json', '-verbose', '-filter=tests/apply.tftest.hcl']);
  const messages = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line));
  const state = messages.map((message) => v.safeParse(stateMessage, message)).find(({ success }) => success);
  if (state?.success !== true) {
    assert.fail(`terraform test told no state:\n${stdout}`);
  }
  return state.output.test_state.root_module.resources;
}

export function deployed(): readonly Resource[] {
  using workspace = openWorkspace();
  return deployIn(workspace);
}

export function ofType(resources: readonly Resource[], type: string): readonly Resource[] {
  return resources.filter((each) => each.mode === 'managed' && each.type === type);
}

/** A value of a resource that must be a text. */
export function textOf(from: Resource, key: string): string {
  const value = from.values[key];
  assert.equal(typeof value, 'string', `${from.address}.${key}`);
  return String(value);
}
