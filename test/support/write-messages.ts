/** Writes the fixtures and `docs/messages.md` anew: `node test/support/write-messages.ts`, then look at the difference. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

import { documentFile, fixtureOf, fixturesFolder, messagesDocument } from './message-fixtures.ts';
import { samples } from './sample-news.ts';

rmSync(fixturesFolder, { recursive: true, force: true });
mkdirSync(fixturesFolder, { recursive: true });
for (const sample of samples) {
  writeFileSync(new URL(`${sample.name}.txt`, fixturesFolder), fixtureOf(sample));
}
writeFileSync(documentFile, messagesDocument());
console.log(`${samples.length} messages written`);
