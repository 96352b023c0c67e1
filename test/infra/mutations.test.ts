/**
 * Each mistake of the list, made in a copy of `infra/`: the check that is there for it must find it. A check that finds
 * none would be worth nothing.
 */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { type Mistake, mistakes } from './mistakes.ts';
import { withoutPromtool } from './promtool.ts';
import { openWorkspace, withoutProvider, withoutTerraform } from './terraform.ts';

/** Why a check cannot be made; null when it can. */
const missing = {
  terraform: withoutTerraform(),
  provider: withoutProvider(),
  promtool: withoutProvider() ?? withoutPromtool(),
} as const;

describe('a mistake in infra/ is found', () => {
  for (const mistake of mistakes) {
    it(mistake.name, { skip: missing[mistake.needs] ?? false }, () => find(mistake));
  }
});

async function find({ file, change: [right, wrong], seen }: Mistake): Promise<void> {
  using workspace = openWorkspace();
  const path = join(workspace.dir, file);
  if (right === '') {
    appendFileSync(path, wrong);
  } else {
    const text = readFileSync(path, 'utf8');
    assert.ok(text.includes(right), `${file} has no ${right}`);
    writeFileSync(path, text.replaceAll(right, wrong));
  }
  assert.ok(await seen(workspace));
}
