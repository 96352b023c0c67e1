/**
 * What the platform's builder needs: a package.json with the framework as its one dependency, and a lockfile, so that
 * what is installed there is what was tested here.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import * as v from 'valibot';

/** Where functions-framework is taken from: the registry, or the copy in the bundle. */
export type FrameworkSource = 'registry' | 'bundled';

const framework = '@google-cloud/functions-framework';
const frameworkPath = `node_modules/${framework}`;

const locked = v.looseObject({
  version: v.optional(v.string()),
  dependencies: v.exactOptional(v.record(v.string(), v.string())),
});
const lockfile = v.looseObject({ version: v.string(), packages: v.record(v.string(), locked) });

type Packages = v.InferOutput<typeof lockfile>['packages'];

/** Texts by path. */
export function packageFiles(root: string, source: FrameworkSource): Readonly<Record<string, string>> {
  const lock = v.parse(lockfile, JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const version = lock.packages[frameworkPath]?.version;
  if (version === undefined) {
    throw new Error(`package-lock.json does not hold ${framework}`);
  }
  const dependencies = { [framework]: source === 'registry' ? version : 'file:framework' };
  const manifest = {
    name: 'golden-path-functions',
    version: lock.version,
    private: true,
    main: 'index.cjs',
    engines: { node: '^24.12.0' },
    // Whatever goes wrong there, the functions work without it.
    scripts: { 'gcp-build': 'node code-cache.cjs > /dev/null || true' },
    dependencies,
  };
  const own = { name: manifest.name, version: manifest.version, engines: manifest.engines, dependencies };
  const packages =
    source === 'registry'
      ? needed(lock.packages)
      : { framework: copyManifest(version), [frameworkPath]: { resolved: 'framework', link: true } };
  return {
    'package.json': json(manifest),
    'package-lock.json': json({
      name: manifest.name,
      version: manifest.version,
      lockfileVersion: 3,
      requires: true,
      packages: { '': own, ...packages },
    }),
    ...(source === 'registry'
      ? {}
      : { 'framework/package.json': json(copyManifest(version)), 'framework/start.cjs': startText }),
  };
}

/** Has the framework's name and command, as the builder looks for them. */
function copyManifest(version: string) {
  return { name: framework, version, private: true, bin: { 'functions-framework': 'start.cjs' } };
}

/** The framework and everything that it needs, as this repository's lockfile has it. */
function needed(packages: Packages): Packages {
  const found = new Map<string, Packages[string]>();
  const visit = (path: string): void => {
    const entry = packages[path];
    if (entry === undefined || found.has(path)) {
      return;
    }
    found.set(path, entry);
    for (const name of Object.keys(entry.dependencies ?? {})) {
      visit(placeOf(packages, path, name));
    }
  };
  visit(frameworkPath);
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where Node finds a package, looking from another one outwards. */
function placeOf(packages: Packages, from: string, name: string): string {
  for (let folder = from; folder !== ''; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const path = `${folder}/node_modules/${name}`;
    if (packages[path] !== undefined) {
      return path;
    }
  }
  return `node_modules/${name}`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The framework's command: like the original, it serves what lies in the working directory. */
const startText = `#!/usr/bin/env node
require(process.cwd()).start();
`;
