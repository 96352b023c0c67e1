/** Writes the tables of docs/deploy.md anew: `node test/infra/write-deploy-page.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';

import { costNow, deployPage, placeOf, privilegesNow } from './deploy-page.ts';

const tables = [
  ['privileges', privilegesNow()],
  ['cost', await costNow()],
] as const;

const page = tables.reduce(
  (text, [name, table]) => text.replace(placeOf(name), () => `\n${table}\n\n`),
  readFileSync(deployPage, 'utf8'),
);
writeFileSync(deployPage, page);
