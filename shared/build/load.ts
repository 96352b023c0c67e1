/**
 * Loads the parts of the bundle, each through a code cache when there is one that fits. A cache of another part has
 * another name, and one of another V8 is refused by V8 itself; without a cache everything works, more slowly.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, Script } from 'node:vm';

/** Start of each part's SHA-256, put in by the build: V8 itself compares only the length of a source. */
declare const __hashes__: Readonly<Record<Part, string>>;

/** `later` is what a run needs only after it has measured, or not at all. */
export type Part = 'functions' | 'later';

/** The parts that have been loaded, of which code caches can be made. */
export const scripts = new Map<Part, Script>();

export function cachePath(part: Part): string {
  return join(__dirname, `${part}-${__hashes__[part]}.cache`);
}

/** Runs the functions as the given module; the other part follows when it is asked for. */
export function loadFunctions(module: NodeJS.Module): void {
  // The framework needs it. It notes who asked, and asked from the bundle it would count all of its lines for that.
  require('node:domain');
  const later: { exports: unknown } = { exports: null };
  const requirePart = Object.assign((id: string): unknown => {
    if (id !== './later.js') {
      return require(id);
    }
    if (later.exports === null) {
      later.exports = {};
      run('later', later, require);
    }
    return later.exports;
  }, require);
  run('functions', module, requirePart);
}

function run(part: Part, module: { exports: unknown }, require: (id: string) => unknown): void {
  const filename = join(__dirname, `${part}.js`);
  const cachedData = readCache(part);
  // The bundle is ASCII: one byte a character, and nothing to decode.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData === null ? {} : { cachedData }),
  });
  scripts.set(part, script);
  script.runInThisContext()(module.exports, require, module, filename, __dirname);
}

function readCache(part: Part): Buffer | null {
  try {
    return readFileSync(cachePath(part));
  } catch {
    return null;
  }
}
