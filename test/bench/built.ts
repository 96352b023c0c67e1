/** The bundle as it is deployed, built for the bench: with and without its code cache, for both ways of starting. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

import { writeBundle } from '../../shared/build/bundle.ts';
import { makeBundle } from '../../shared/build/make.ts';
import { functionName } from '../../shared/core/step.ts';

export interface Built {
  /** Folder with the code cache of the function that probes `health`. */
  readonly cached: string;
  /** The same without. */
  readonly plain: string;
}

/** Builds into `folder`, whatever was there before. */
export async function buildForBench(folder: string): Promise<Built> {
  rmSync(folder, { recursive: true, force: true });
  writeBundle(await makeBundle('bundled'), folder);
  const plain = join(folder, 'functions');
  const cached = join(folder, 'cached');
  cpSync(plain, cached, { recursive: true });
  makeCache(cached);
  return { cached, plain };
}

/** What the platform's builder does (`gcp-build`), for one function or for all. Throws when no cache comes of it. */
export function makeCache(folder: string, target: string | null = functionName('health')): void {
  const { stderr } = spawnSync(process.execPath, ['code-cache.cjs'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...(target === null ? {} : { GOOGLE_FUNCTION_TARGET: target }) },
    encoding: 'utf8',
  });
  if (!readdirSync(folder).some((name) => name.endsWith('.cache'))) {
    throw new Error(`no code cache was made: ${stderr}`);
  }
}
