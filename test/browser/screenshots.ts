/**
 * Makes the pictures of the README: starts the whole path, breaks it, and photographs what people would see. Run it with
 * `npm run screenshots`; it takes about two minutes.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { madeUpHistory } from '../support/made-up-history.ts';
import { startMadeUpPage } from '../support/made-up-page.ts';
import { startLiveWatch } from '../support/live-watch.ts';
import { staging } from '../support/sample-builders.ts';
import { noBrowser, openBrowser, openPage } from './chromium.ts';

const folder = new URL('../../docs/screenshots/', import.meta.url).pathname;

/** A README that loads slowly is read by nobody. */
const bytesMax = 200 * 1_024;

async function photograph(page: Page, name: string): Promise<void> {
  const path = join(folder, `${name}.png`);
  // A pointer or a focus ring would tell a story of its own.
  await page.mouse.move(0, 0);
  await page.screenshot({ path });
  const { size } = statSync(path);
  console.log(`${name}.png, ${Math.round(size / 1_024)} KiB`);
  if (size > bytesMax) {
    throw new Error(`${name}.png has ${size} bytes, more than ${bytesMax}`);
  }
}

async function photographIncident(browser: Browser): Promise<void> {
  await using live = await startLiveWatch();
  const { page } = await openPage(browser, { viewport: { width: 1280, height: 940 }, reducedMotion: 'reduce' });
  page.setDefaultTimeout(180_000);
  await page.goto(live.watch.page.url);
  // Enough runs for the strips to look like something.
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.strip')].every((strip) => strip.querySelectorAll('[data-trace]').length >= 16),
  );
  await page.click('button[data-fault="no_subprotocol"]');
  await page.waitForSelector('.messages .block-header');
  await page.waitForSelector('.step[data-mark="blocked"]');
  await photograph(page, 'incident');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await photograph(page, 'incident-phone');
}

async function photographHistory(browser: Browser): Promise<void> {
  const environment = { ...staging, cadenceSeconds: 240 };
  const made = madeUpHistory({ environment, runs: 10_080, endMs: Date.now(), seed: 7 });
  await using served = await startMadeUpPage({ environment }, made);
  const { page } = await openPage(browser, { viewport: { width: 1280, height: 820 } });
  await page.goto(`${served.page.url}/#/step/websocket?range=7d`);
  await page.waitForSelector('canvas');
  await photograph(page, 'step-week');
}

if (noBrowser === false) {
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  try {
    await photographHistory(browser);
    await photographIncident(browser);
  } finally {
    await browser.close();
  }
} else {
  process.exitCode = 1;
}
