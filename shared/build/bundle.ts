/**
 * `npm run build`: writes what is deployed to `dist/functions` and the source map to `dist/maps`, and tells what is in
 * it. What must not be in it ends the build.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

import { contentsReport, forbiddenIn } from './contents.ts';
import { type Bundle, makeBundle, root } from './make.ts';

/** Writes into `outDir`; what an earlier build left there goes. */
export function writeBundle({ files, maps }: Bundle, outDir: string): void {
  for (const [folder, contents] of Object.entries({ functions: files, maps })) {
    rmSync(join(outDir, folder), { recursive: true, force: true });
    for (const [path, bytes] of contents) {
      const place = join(outDir, folder, path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, bytes);
    }
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: join(root, 'dist') },
      framework: { type: 'string', default: 'registry' },
    },
  });
  const { framework, out } = values;
  if (framework !== 'registry' && framework !== 'bundled') {
    throw new Error('--framework is `registry` or `bundled`');
  }
  const bundle = await makeBundle(framework);
  const forbidden = forbiddenIn(bundle.files, root);
  if (forbidden.length > 0) {
    throw new Error(['the bundle holds what it must not hold:', ...forbidden].join('\n  '));
  }
  writeBundle(bundle, out);
  const lines = [`${relative(process.cwd(), join(out, 'functions'))}:`, ...contentsReport(bundle)];
  process.stdout.write(`${lines.join('\n')}\n`);
}

if (import.meta.main) {
  await main();
}
