/** A report as one HTML file: data, script and style are inside, and its own policy forbids it to load anything. */
import { createHash } from 'node:crypto';

import type { Assets } from './assets.ts';
import type { ReportData } from './model/contract.ts';

/** `plain` is shown where scripts don't run, such as in the preview of a mail. */
export function reportHtml(data: ReportData, { script, style, icon }: Assets, plain: string): string {
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(`Report: ${data.overview.title}`)}</title>`,
    `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<div id="page"><noscript><pre>${escapeHtml(plain)}</pre></noscript></div>`,
    `<script type="application/json" id="report-data">${scriptJson(data)}</script>`,
    `<script>${script}</script>`,
    '</body>',
    '</html>',
  ].join('\n');
}

function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Nothing in it may end the script element, whatever the texts inside say. */
function scriptJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
}
