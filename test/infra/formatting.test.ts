/** Form of the Terraform files: formatted, narrow, described. Needs terraform for the first test only. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { infraDir, openWorkspace, withoutTerraform } from './terraform.ts';

const files = globSync('**/*.tf', { cwd: infraDir }).filter((file) => !file.includes('.terraform'));

/** Columns that fit beside a diff; long texts are folded as heredocs. */
const columnsMax = 100;

describe('the Terraform files', () => {
  it('are formatted as terraform fmt does', { skip: withoutTerraform() ?? false }, () => {
    using workspace = openWorkspace();
    const { code, stdout } = workspace.run(['fmt', '-check', '-recursive']);
    assert.equal(code, 0, `terraform fmt would change:\n${stdout}`);
  });

  it('stay within 100 columns', () => {
    const long = files.flatMap((file) =>
      linesOf(file).flatMap((line, index) => (line.length > columnsMax ? [`${file}:${index + 1}`] : [])),
    );
    assert.deepEqual(long, []);
  });

  it('describe every variable and output', () => {
    for (const file of files) {
      const blocks = readFileSync(join(infraDir, file), 'utf8').matchAll(/^(variable|output) "(\w+)" \{\n(.*)$/gm);
      for (const [, kind, name, first = ''] of blocks) {
        assert.match(first, /^ {2}description += /, `${file}: ${kind} ${name} starts with its description`);
      }
    }
  });

  it('list variables and outputs by name', () => {
    for (const file of files.filter((each) => /(?:variables|outputs)\.tf$/.test(each))) {
      const names = linesOf(file).flatMap((line) => /^(?:variable|output) "(\w+)"/.exec(line)?.slice(1) ?? []);
      assert.deepEqual(names, names.toSorted(), file);
    }
  });
});

function linesOf(file: string): readonly string[] {
  return readFileSync(join(infraDir, file), 'utf8').split('\n');
}
