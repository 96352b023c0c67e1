/**
 * The page's own files: one HTML document, and script and style that are put together from the sources in memory when
 * the page starts. Nothing is downloaded and nothing is written.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

export interface Assets {
  readonly html: string;
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

const folder = fileURLToPath(new URL('browser/', import.meta.url));

/** Rejects when a source can't be put together. */
export async function buildAssets(): Promise<Assets> {
  const { outputFiles } = await build({
    entryPoints: { script: `${folder}main.ts`, style: `${folder}page.css` },
    outdir: folder,
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2023',
    charset: 'utf8',
    logLevel: 'silent',
  });
  const output = (name: string): string => outputFiles.find(({ path }) => path.endsWith(name))?.text ?? '';
  return {
    html: await readFile(`${folder}page.html`, 'utf8'),
    script: output('script.js'),
    style: output('style.css'),
    icon: await readFile(`${folder}icon.svg`, 'utf8'),
  };
}
