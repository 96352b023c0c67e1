/**
 * Makes what is deployed, in memory: a file with all functions and functions-framework, one with the clients that they
 * load later, their loader, the environment files, and what the platform needs to install and start them. The same
 * input gives the same bytes.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

import { assertAscii, escapeSources } from './ascii.ts';
import { entryText } from './entry.ts';
import { bundledEnvironments } from './environments.ts';
import { fromLater, laterText } from './later.ts';
import type { Part } from './load.ts';
import { missed, slim } from './slim.ts';
import { type FrameworkSource, packageFiles } from './package-files.ts';

/** Root of the repository. */
export const root = join(import.meta.dirname, '../..');

export interface Bundle {
  /** What each file holds, by its path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Lead from a place in a bundled file to the source; not deployed. */
  readonly maps: ReadonlyMap<string, Uint8Array>;
  /** What esbuild put into each bundled file. */
  readonly metafiles: Readonly<Record<Part, Metafile>>;
}

/**
 * Identifiers stay as they are: shortened ones load more slowly, and break libraries that compare class names
 * (`docs/performance.md`). ASCII alone, so that the file can be read without decoding.
 */
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node24',
  minifyWhitespace: true,
  minifySyntax: true,
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'warning',
  write: false,
} as const satisfies BuildOptions;

/** Rejects when something is wrong with the sources or with an environment file. */
export async function makeBundle(framework: FrameworkSource): Promise<Bundle> {
  const made: Parameters<typeof slim>[0] = new Set();
  const functions = await bundleText('functions.js', entryText(), [fromLater, slim(made), escapeSources]);
  const later = await bundleText('later.js', laterText(), [slim(made)]);
  const problems = missed(made);
  if (problems.length > 0) {
    throw new Error(['packages have changed, look at shared/build/slim.ts:', ...problems].join('\n  '));
  }
  const hashes = { functions: hashOf(functions.code), later: hashOf(later.code) };
  const files = {
    ...packageFiles(root, framework),
    ...bundledEnvironments(join(root, 'infra/environments')),
    'functions.js': functions.code,
    'later.js': later.code,
    'index.cjs': await bundleBeside('main.ts', hashes),
    'code-cache.cjs': await bundleBeside('code-cache.ts', hashes),
  };
  return {
    files: sorted(files),
    maps: sorted({ 'functions.js.map': functions.map, 'later.js.map': later.map }),
    metafiles: { functions: functions.metafile, later: later.metafile },
  };
}

function sorted(files: Readonly<Record<string, Uint8Array | string>>): ReadonlyMap<string, Uint8Array> {
  const bytes = Object.entries(files).map(([path, content]) => [path, Buffer.from(content)] as const);
  return new Map(bytes.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function hashOf(code: Uint8Array): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}

interface Bundled {
  readonly code: Uint8Array;
  readonly map: Uint8Array;
  readonly metafile: Metafile;
}

async function bundleText(outfile: string, contents: string, plugins: Plugin[]): Promise<Bundled> {
  const { outputFiles, metafile } = await build({
    ...common,
    stdin: { contents, resolveDir: root, sourcefile: `${outfile}.entry`, loader: 'js' },
    outfile,
    plugins,
    // undici's own switch, which Node's copy of it sets: leaves out a second parser, which is an experiment.
    define: { esbuildDetection: 'true' },
    // A script that gives a function, as Node makes of a module: its loader is spared to copy megabytes for that.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
  });
  const [map, code] = outputFiles.toSorted((a, b) => Number(b.path.endsWith('.map')) - Number(a.path.endsWith('.map')));
  if (code === undefined || map === undefined) {
    throw new Error('esbuild gave no code');
  }
  assertAscii(outfile, code.contents);
  return { code: code.contents, map: map.contents, metafile };
}

/** A file that knows which bundle it lies beside. */
async function bundleBeside(source: string, hashes: Readonly<Record<string, string>>): Promise<string> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [join('shared/build', source)],
    outfile: 'beside.cjs',
    define: { __hashes__: JSON.stringify(hashes) },
  });
  return outputFiles.map(({ text }) => text).join('');
}
