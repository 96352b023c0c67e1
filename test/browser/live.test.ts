/**
 * The page over the real stack: the sandbox, the four functions, Slack. What a newcomer does: see it work, break it with one
 * click, see it caught, mend it, see it over.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import type { Browser, Page } from 'playwright-core';

import { durationText } from '../../shared/core/time.ts';
import { liveCadenceMs, type LiveWatch, startLiveWatch } from '../support/live-watch.ts';
import {
  accessibilityFindings,
  untilCurveIsDrawn,
  keepPicture,
  noBrowser,
  openBrowser,
  openPage,
  type Watched,
} from './chromium.ts';

/** Waits end with this at the latest; a machine under load may need several times what is promised. */
const patienceMs = 90_000;

describe('the live page', { skip: noBrowser }, () => {
  let live: LiveWatch;
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  const startedAtMs = Date.now();

  before(async () => {
    live = await startLiveWatch();
    browser = await openBrowser();
    watched = await openPage(browser);
    ({ page } = watched);
    page.setDefaultTimeout(patienceMs);
    await page.goto(live.watch.page.url);
  });
  after(async () => {
    await browser.close();
    await live[Symbol.asyncDispose]();
  });

  it('shows four steps that work', async () => {
    await page.waitForFunction(() => document.querySelectorAll('.step[data-mark="pass"]').length === 4);
    console.log(`four green steps ${durationText(Date.now() - startedAtMs)} after the start`);
    assert.match((await page.textContent('.banner h2')) ?? '', /The golden path works/);
    assert.equal(await page.locator('.fault').count(), 10);
  });

  it('breaks with one click, and shows the incident with the right first step and reason, and the Slack message', async () => {
    const clickedAtMs = Date.now();
    await page.click('button[data-fault="no_subprotocol"]');
    await page.waitForSelector('button.mend[data-fault="no_subprotocol"]');
    await page.waitForSelector('.banner[data-mark="fail"]');
    await page.waitForSelector('.messages .block-header');
    console.log(
      `incident and Slack message ${durationText(Date.now() - clickedAtMs)} after the click, at a cadence of ${liveCadenceMs / 1_000} s`,
    );
    assert.match((await page.textContent('.banner h2')) ?? '', /WebSocket is broken/);
    assert.match(
      (await page.textContent('.banner .reason')) ?? '',
      /chose none of the offered subprotocols.*subprotocol_missing/,
    );
    assert.match((await page.textContent('.messages .block-header')) ?? '', /WebSocket is broken/);
    await page.waitForSelector('.step[data-mark="blocked"]');
    const marks = await page.locator('.step').evaluateAll((all) => all.map((each) => each.getAttribute('data-mark')));
    assert.deepEqual(marks, ['pass', 'pass', 'fail', 'blocked'], 'blocked is not broken');
    const caught = (await page.textContent('.fault[data-active="true"] .caught')) ?? '';
    assert.match(caught, /found after .*, told after /);
    assert.deepEqual(await accessibilityFindings(page), []);
    await keepPicture(page, 'live-incident');
  });

  it('leads from the break to the run that found it, with what was offered and chosen', async () => {
    await page.click('.fault[data-active="true"] .caught a');
    await page.waitForSelector('.negotiation');
    assert.match((await page.textContent('.negotiation')) ?? '', /jwt-auth.*jwt\.\[token\].*none/s);
    const raw = JSON.parse((await page.textContent('.raw')) ?? '');
    assert.equal(raw.outcome.reason, 'subprotocol_missing');
    await keepPicture(page, 'live-run');
    await page.goBack();
  });

  it('mends with one click, and shows that it is over', async () => {
    await page.click('button.mend[data-fault="no_subprotocol"]');
    await page.waitForSelector('.banner[data-mark="pass"]');
    await page.waitForFunction(() =>
      /works again/.test(document.querySelector('.messages .block-header')?.textContent ?? ''),
    );
    assert.match((await page.textContent('.banner-line')) ?? '', /Last incident: WebSocket, subprotocol_missing/);
    assert.match((await page.textContent('.edits summary')) ?? '', /edited/);
    await keepPicture(page, 'live-over');
  });

  it('explains, draws and counts what has happened', async () => {
    await page.goto(`${live.watch.page.url}/#/explain`);
    await page.waitForFunction(() => (document.querySelector('.panel h2')?.textContent ?? '').startsWith('Incident'));
    assert.match((await page.textContent('main')) ?? '', /Rule: an outage is 2 of 3 runs/);
    await page.goto(`${live.watch.page.url}/#/step/agent`);
    await page.waitForSelector('canvas');
    await untilCurveIsDrawn(page);
    await page.waitForSelector('.timeline .moments li');
    await page.goto(`${live.watch.page.url}/#/metrics`);
    await page.waitForSelector('.series tbody tr');
    assert.match((await page.textContent('main')) ?? '', /none refused/);
    await page.goto(`${live.watch.page.url}/#/board`);
    await page.fill('input[type="search"]', 'subprotocol websocket');
    await page.waitForFunction(() => document.querySelectorAll('.fault').length < 20);
    assert.equal(await page.locator('.fault[data-key="no_subprotocol"]').count(), 1);
    assert.equal(
      (await page.locator('.fault .cannot').count()) > 0,
      true,
      'faults that need another file have no button',
    );
    assert.deepEqual(await accessibilityFindings(page), []);
    await keepPicture(page, 'live-board');
  });

  it('goes on a tour, and ends it when asked', async () => {
    await page.goto(`${live.watch.page.url}/#/`);
    const said: string[] = [];
    const tour = live.watch.tour((text) => said.push(text));
    await page.waitForSelector('.tour');
    assert.match((await page.textContent('.tour h2')) ?? '', /Tour: 1 of 10/);
    await page.waitForSelector('button.mend[data-fault="no_subprotocol"]');
    await page.click('[data-action="end-tour"]');
    await tour;
    await page.waitForSelector('.tour', { state: 'detached' });
    await page.waitForSelector('button.break[data-fault="no_subprotocol"]');
    assert.equal(said.at(-1), 'the tour was ended');
  });

  it('has complained of nothing all the while', () => {
    assert.deepEqual(watched.complaints, []);
  });

  it('says so when golden-path is gone', async () => {
    await live.watch.stop();
    await page.waitForFunction(() => /no connection/.test(document.querySelector('.news')?.textContent ?? ''));
  });
});
