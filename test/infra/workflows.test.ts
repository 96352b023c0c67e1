/** The workflows for users of the repository: least permissions, actions pinned to a commit, nothing from forks. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import * as v from 'valibot';
import { parse } from 'yaml';

import { projectDir } from './terraform.ts';

const step = v.looseObject({
  uses: v.optional(v.string()),
  run: v.optional(v.string()),
  with: v.optional(v.unknown()),
});
const workflow = v.looseObject({
  on: v.record(v.string(), v.unknown()),
  permissions: v.record(v.string(), v.string()),
  jobs: v.record(
    v.string(),
    v.looseObject({
      permissions: v.record(v.string(), v.string()),
      'timeout-minutes': v.number(),
      steps: v.array(step),
    }),
  ),
});

/** What a job may ask for: to read the code, and to prove to Google who it is. */
const permissions: ReadonlySet<string> = new Set(['contents: read', 'id-token: write']);

const files = globSync('.github/workflows/*.yml', { cwd: projectDir });

describe('workflows', () => {
  it('are there', () => {
    assert.deepEqual(files.toSorted(), ['.github/workflows/check.yml', '.github/workflows/plan.yml']);
  });

  for (const file of files) {
    const text = readFileSync(join(projectDir, file), 'utf8');
    const { on, permissions: atTop, jobs } = v.parse(workflow, parse(text));

    it(`${file} asks for no more than it needs`, () => {
      assert.deepEqual(atTop, {});
      for (const job of Object.values(jobs)) {
        const asked = Object.entries(job.permissions).map(([scope, access]) => `${scope}: ${access}`);
        assert.deepEqual(
          asked.filter((each) => !permissions.has(each)),
          [],
        );
      }
      assert.ok(!('pull_request_target' in on), 'code of a fork must not run with the rights of the repository');
    });

    it(`${file} pins every action to a commit, with its version beside it`, () => {
      const used = text.split('\n').filter((line) => /^\s*- uses:/.test(line));
      assert.ok(used.length > 0);
      for (const line of used) {
        assert.match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    });

    it(`${file} leaves no credentials behind and puts no expression into a script`, () => {
      for (const each of Object.values(jobs).flatMap(({ steps }) => steps)) {
        if (each.uses?.startsWith('actions/checkout@') === true) {
          assert.deepEqual(each.with, { 'persist-credentials': false });
        }
        assert.doesNotMatch(each.run ?? '', /\$\{\{/);
      }
    });
  }
});
