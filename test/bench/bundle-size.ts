/** What is deployed, in bytes; the same on every machine. */
import { gzipSync } from 'node:zlib';

import { packagesIn } from '../../shared/build/contents.ts';
import { makeBundle } from '../../shared/build/make.ts';
import type { Figure, SectionResult } from './section.ts';
import { loneFigure } from './statistics.ts';

/** Packages that are named; the rest is summed up. */
const namedMax = 8;

export async function bundleSize(): Promise<SectionResult> {
  const { files, metafiles } = await makeBundle('registry');
  const bytes = (name: string, value: number): Figure => loneFigure(name, 'bytes', value);
  return {
    tables: [
      {
        title: 'The bundle',
        how: 'Loaded at the start: `functions.js`. Loaded when a run needs it: `later.js`.',
        figures: [...files]
          .filter(([path]) => /\.c?js$/.test(path))
          .flatMap(([path, content]) => [
            bytes(path, content.length),
            bytes(`${path}, compressed`, gzipSync(content).length),
          ]),
      },
      ...Object.entries(metafiles).map(([part, metafile]) => ({
        title: `What ${part}.js is made of`,
        how: 'The largest packages.',
        figures: packagesIn(metafile)
          .slice(0, namedMax)
          .map(({ name, bytes: size }) => bytes(name, size)),
      })),
    ],
    goals: [],
    skipped: [],
  };
}
