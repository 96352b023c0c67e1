/** What is in a bundle, by package, and whether something is in it that must not be. */
import type { Metafile } from 'esbuild';

import type { Bundle } from './make.ts';

export interface PackageBytes {
  /** Name of a package; `golden-path` is the code of this repository. */
  readonly name: string;
  readonly bytes: number;
}

/** What betrays that something is in a deployed file which does not belong there. */
const forbidden: readonly (readonly [text: RegExp, what: string])[] = [
  [/\btest\/sandbox\b|\bSANDBOX_|\bsandbox\.example\b/, 'the sandbox'],
  [/"https?:\/\/(?:localhost|[^"/:]+\.localhost|127[.\d]+|\[::1\])[:/"]/, 'an address of the machine it runs on'],
  [/\bshared\/local\b/, 'the local stack'],
  [/\bshared\/cli\b/, 'the command line'],
  [
    /\bnode_modules\/(?:esbuild|playwright-core|axe-core|fast-check|typescript|@peculiar\/x509)\//,
    'a development package',
  ],
  [/\bsourceMappingURL=/, 'a pointer to the source map'],
  [/"resolved":\s*"https?:/, 'the address of a registry'],
  [/-----BEGIN [A-Z ]+-----(?:\\n|\n)[A-Za-z0-9+/]{40}/, 'a key or certificate'],
];

/** Sentences about what must not be there; empty when all is well. `root` is this machine's path of the repository. */
export function forbiddenIn(files: ReadonlyMap<string, Uint8Array>, root: string): readonly string[] {
  return [...files].flatMap(([path, bytes]) => {
    const text = Buffer.from(bytes).toString('latin1');
    const found = forbidden.flatMap(([needle, what]) => {
      const [match] = needle.exec(text) ?? [];
      return match === undefined ? [] : [`${path} holds ${what}: ${match}`];
    });
    return found.concat(text.includes(root) ? [`${path} holds a path of this machine: ${root}`] : []);
  });
}

/** Bytes of each package in the bundled file, the largest first. */
export function packagesIn({ outputs }: Metafile): readonly PackageBytes[] {
  const byName = new Map<string, number>();
  for (const output of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = packageOf(path);
      byName.set(name, (byName.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...byName].map(([name, bytes]) => ({ name, bytes })).toSorted((a, b) => b.bytes - a.bytes);
}

function packageOf(path: string): string {
  const parts = path.split('node_modules/').at(-1)?.split('/') ?? [];
  const [scope = '', name = ''] = parts;
  if (!path.includes('node_modules/')) {
    return 'golden-path';
  }
  return scope.startsWith('@') ? `${scope}/${name}` : scope;
}

/** Packages of a file that are named in the report; the rest is summed up. */
const namedMax = 12;

/** The files with their sizes, and what the bundled ones are made of. */
export function contentsReport({ files, metafiles }: Bundle): readonly string[] {
  const made = Object.entries(metafiles).map(([part, metafile]) => [`${part}.js is made of:`, packageLines(metafile)]);
  return [[...files].map(([path, { length }]) => line(path, length)), made].flat(3);
}

function packageLines(metafile: Metafile): readonly string[] {
  const packages = packagesIn(metafile);
  const rest = packages.slice(namedMax);
  const restBytes = rest.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = packages.slice(0, namedMax).map(({ name, bytes }) => line(name, bytes));
  return rest.length === 0 ? named : [...named, line(`and ${rest.length} more packages`, restBytes)];
}

function line(name: string, bytes: number): string {
  return `  ${name.padEnd(40)} ${bytes.toLocaleString('en-US').padStart(10)}`;
}
