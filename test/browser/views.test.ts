/** Every view over a week of made-up history: it draws, it complains of nothing, and everyone can use it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { type MadeUp, madeUpHistory } from '../support/made-up-history.ts';
import { type MadeUpPage, startMadeUpPage } from '../support/made-up-page.ts';
import { staging } from '../support/sample-builders.ts';
import { accessibilityFindings, untilCurveIsDrawn, keepPicture, noBrowser, openBrowser, openPage } from './chromium.ts';

const environment = { ...staging, cadenceSeconds: 240 };

describe('the views', { skip: noBrowser }, () => {
  let made: MadeUp;
  let served: MadeUpPage;
  let browser: Browser;
  before(async () => {
    made = madeUpHistory({ environment, runs: 4_000, endMs: Date.now(), seed: 7 });
    served = await startMadeUpPage({ environment }, made);
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await served[Symbol.asyncDispose]();
  });

  function failingTrace(): string {
    return made.records.find(({ outcome }) => outcome.reason === 'subprotocol_missing')?.outcome.traceId ?? '';
  }

  const views: readonly (readonly [name: string, hash: () => string, heading: RegExp])[] = [
    ['overview', () => '#/', /Netra staging/],
    ['auth', () => '#/step/auth', /Log in/],
    ['health', () => '#/step/health?range=24h', /Health/],
    ['websocket', () => '#/step/websocket?range=7d', /WebSocket/],
    ['agent', () => '#/step/agent?range=24h', /Agent answer/],
    ['runs', () => '#/runs', /Runs/],
    ['notable', () => '#/runs/websocket?notable', /Runs/],
    ['run', () => `#/run/${failingTrace()}`, /WebSocket, 2/],
    ['no-run', () => `#/run/${'0'.repeat(32)}`, /Run/],
    ['metrics', () => '#/metrics', /Metrics/],
    ['why', () => '#/explain', /Why/],
  ];

  async function show(page: Page, hash: string): Promise<void> {
    await page.goto(`${served.page.url}/${hash}`);
    await page.waitForSelector('main[data-view]');
    await page.waitForFunction(() => document.querySelector('main .empty')?.textContent !== '…');
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, hash, heading] of views) {
      it(`${name}, ${colorScheme}: no complaints and no serious finding of accessibility`, async () => {
        const { page, complaints } = await openPage(browser, { colorScheme });
        await show(page, hash());
        assert.match((await page.textContent('h1, .banner h2')) ?? '', heading);
        assert.deepEqual(await accessibilityFindings(page), []);
        await keepPicture(page, `${name}-${colorScheme}`);
        // That a run is not known is an answer too, and browsers write every 404 down.
        assert.deepEqual(
          complaints.filter((text) => name !== 'no-run' || !text.includes('404')),
          [],
        );
        await page.context().close();
      });
    }
  }

  for (const [name, hash] of views) {
    it(`${name}: nothing is wider than a phone of 360 pixels`, async () => {
      const { page } = await openPage(browser, { viewport: { width: 360, height: 740 } });
      await show(page, hash());
      const { wide, screen } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
      }));
      await keepPicture(page, `${name}-narrow`);
      assert.ok(wide <= screen, `${wide} of ${screen}`);
      await page.context().close();
    });
  }

  it('draws charts of one hour, a day and a week', async () => {
    const { page } = await openPage(browser);
    for (const step of ['auth', 'health', 'websocket', 'agent']) {
      for (const range of ['1h', '24h', '7d']) {
        await show(page, `#/step/${step}?range=${range}`);
        await page.waitForSelector('canvas');
        await untilCurveIsDrawn(page);
      }
    }
    await page.context().close();
  });

  it('zooms by dragging into a permalink, and back again', async () => {
    const { page } = await openPage(browser);
    await show(page, '#/step/websocket?range=7d');
    const box = await page.locator('.u-over').boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width * 0.6, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + 100, { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/#\/step\/websocket\?from=\d+&to=\d+$/);
    await page.waitForFunction(() => document.querySelector('[aria-current="true"]') === null);
    await page.goBack();
    await page.waitForSelector('.spans [aria-current="true"]');
    await page.context().close();
  });

  it('can be used with the keyboard alone: skip, read the chart point by point, open its run', async () => {
    const { page } = await openPage(browser);
    await show(page, '#/step/auth');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
    await page.focus('.plot');
    await page.keyboard.press('End');
    const newest = await page.textContent('.readout');
    assert.match(newest ?? '', /(?:\d{2}:\d{2}:\d{2}|\d{4}-\d{2}-\d{2} \d{2}:\d{2}) pass · Whole step \d+ ms/);
    await page.keyboard.press('ArrowLeft');
    assert.notEqual(await page.textContent('.readout'), newest);
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/run\/[0-9a-f]{32}$/);
    await page.context().close();
  });

  it('keeps what the reader opened and has in focus when news comes', async () => {
    const { page } = await openPage(browser);
    await show(page, '#/step/websocket');
    await page.click('.checks summary >> nth=0');
    await page.focus('.checks summary >> nth=1');
    const before = await page.textContent('.state-line');
    const [record] = made.records.filter(({ outcome }) => outcome.step === 'websocket').slice(-1);
    assert.ok(record !== undefined);
    const outcome = { ...record.outcome, traceId: 'e'.repeat(32), slotMs: Date.now(), endedAtMs: Date.now() };
    served.page.hear({ kind: 'run', record: { ...record, outcome } });
    await page.waitForFunction((trace) => document.querySelector(`a[href="#/run/${trace}"]`) !== null, 'e'.repeat(32));
    assert.equal(await page.locator('.checks details[open]').count(), 1);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), 'SUMMARY');
    assert.ok(before !== null);
    await page.context().close();
  });

  it('changes between light and dark, remembers it, and redraws the chart', async () => {
    const { page } = await openPage(browser, { colorScheme: 'light' });
    await show(page, '#/step/auth');
    const paper = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.click('[data-action="theme"]');
    assert.notEqual(await paper(), light);
    await untilCurveIsDrawn(page);
    await page.reload();
    await page.waitForSelector('main[data-view]');
    assert.notEqual(await paper(), light);
    await page.context().close();
  });

  it('prints on light paper, without buttons and without anything cut off', async () => {
    const { page } = await openPage(browser, { colorScheme: 'dark' });
    await show(page, '#/step/agent');
    await page.emulateMedia({ media: 'print' });
    const { paper, links, raw } = await page.evaluate(() => ({
      paper: getComputedStyle(document.documentElement).backgroundColor,
      links: document.querySelector('.top nav')?.getClientRects().length,
      raw: getComputedStyle(document.querySelector('.wide') ?? document.body).overflow,
    }));
    assert.equal(paper, 'rgb(255, 255, 255)');
    assert.equal(links, 0);
    assert.equal(raw, 'visible');
    await keepPicture(page, 'agent-print');
    await page.context().close();
  });

  it('does not move when the reader wants it still', async () => {
    const { page } = await openPage(browser, { reducedMotion: 'reduce' });
    await show(page, '#/');
    const moving = await page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((each) => getComputedStyle(each).transitionDuration !== '0s').length,
    );
    assert.equal(moving, 0);
    await page.context().close();
  });
});
