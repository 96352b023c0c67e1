/** The tables of docs/deploy.md that are made from facts. `write-deploy-page.ts` writes them, tests hold them equal. */
import assert from 'node:assert/strict';
import { join } from 'node:path';

import { costCommand } from '../../shared/cli/cost.ts';
import { deployed } from './deployment.ts';
import { grantsOf, privilegeTable } from './privileges.ts';
import { infraDir, projectDir } from './terraform.ts';

export const deployPage = join(projectDir, 'docs/deploy.md');

export type TableName = 'privileges' | 'cost';

/** The lines between the marks of a table. */
export function placeOf(name: TableName): RegExp {
  return new RegExp(`(?<=<!-- ${name} -->\n)[\\s\\S]*?(?=<!-- end -->)`);
}

/** Tables are equal whatever the width of their columns. */
export function squeezed(table: string): string {
  return table.trim().replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}

export function privilegesNow(): string {
  return privilegeTable(grantsOf(deployed()));
}

export async function costNow(): Promise<string> {
  const lines: string[] = [];
  const io = { out: (line: string) => void lines.push(line), err: () => undefined };
  assert.equal(await costCommand.run([join(infraDir, 'environments/netra-staging.yaml')], io), 0);
  return lines.join('\n');
}
