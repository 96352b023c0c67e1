/** A real browser for the tests: the system's Chromium, with a profile of its own and nothing that calls home. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** `CHROMIUM` names another one. */
const executablePath = [process.env['CHROMIUM'] ?? '', ...candidates].find((path) => path !== '' && existsSync(path));

/** Why the tests can't run here; false when they can. For `describe`'s option `skip`. */
export const noBrowser: string | false =
  executablePath === undefined ? `no Chromium: none of ${candidates.join(', ')}, and CHROMIUM names none` : false;

if (noBrowser !== false) {
  console.log(`skipped: ${noBrowser}`);
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface Watched {
  readonly page: Page;
  /** What the page said on its console that it should not say, and what it threw. */
  readonly complaints: readonly string[];
}

/** A page of its own whose complaints are kept. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

/** Serious and critical findings, a line each. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const results = await window.axe.run(document, { resultTypes: ['violations'] });
    return results.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      where: nodes.slice(0, 4).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`),
    }));
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, where }) => `${id}: ${where.join(' | ')}`);
}

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

const pictures = new URL('../../test-output/browser/', import.meta.url).pathname;

/** Kept for people to look at after the tests. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/**
 * Resolves once the curve of the whole step is drawn: nothing else on the canvas has the colour of the text. The canvas is
 * there before anything is on it.
 */
export async function untilCurveIsDrawn(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const canvas = document.querySelector('canvas');
    if (canvas === null || canvas.width === 0) {
      return false;
    }
    // A copy is read, since the browser complains of a drawing that is read often.
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext('2d', { willReadFrequently: true });
    context?.drawImage(canvas, 0, 0);
    const [red, green, blue] = (getComputedStyle(document.body).color.match(/\d+/g) ?? []).map(Number);
    const data = context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) {
        pixels += 1;
      }
    }
    return pixels > 20;
  });
}
