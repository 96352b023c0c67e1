/** The report opened as a file in a real browser: the same views, no server, no network. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

import type { Browser } from 'playwright-core';

import { dayMs } from '../../shared/core/time.ts';
import { buildAssets } from '../../shared/local/page/assets.ts';
import { openHistory } from '../../shared/local/page/history.ts';
import { reportData } from '../../shared/local/page/report-data.ts';
import { reportHtml } from '../../shared/local/page/report-html.ts';
import { reportMarkdown } from '../../shared/local/page/report-markdown.ts';
import { madeUpHistory } from '../support/made-up-history.ts';
import { staging } from '../support/sample-builders.ts';
import { accessibilityFindings, untilCurveIsDrawn, keepPicture, noBrowser, openBrowser, openPage } from './chromium.ts';

const environment = { ...staging, cadenceSeconds: 240 };

describe('the report as a file', { skip: noBrowser }, () => {
  let folder = '';
  let url = '';
  let browser: Browser;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    const nowMs = Date.now();
    const { records, incidents, steps, state } = madeUpHistory({ environment, runs: 6_000, endMs: nowMs, seed: 7 });
    const history = openHistory({ path: ':memory:' });
    records.forEach((record) => history.add(record));
    incidents.forEach((incident) => history.keepIncident(incident));
    const input = {
      environment,
      history,
      state: { environment: state, steps },
      fromMs: nowMs - 3 * dayMs,
      toMs: nowMs,
      nowMs,
    };
    const data = reportData(input);
    const file = join(folder, 'report.html');
    writeFileSync(file, reportHtml(data, await buildAssets(), reportMarkdown(data)));
    history.close();
    url = pathToFileURL(file).href;
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('opens with the summary and asks nobody for anything', async () => {
    const { page, complaints } = await openPage(browser);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(url);
    await page.waitForSelector('.targets');
    assert.match((await page.textContent('h1')) ?? '', /Report: Netra staging/);
    assert.equal(await page.locator('.targets tbody tr').count(), 5);
    assert.deepEqual(await accessibilityFindings(page), []);
    await keepPicture(page, 'report-summary');
    assert.deepEqual(
      asked.filter((each) => each !== url && !each.startsWith('data:')),
      [],
    );
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('has the same views: charts, runs with their records, explanations', async () => {
    const { page, complaints } = await openPage(browser, { colorScheme: 'dark' });
    await page.goto(`${url}#/step/websocket`);
    await page.waitForSelector('canvas');
    await untilCurveIsDrawn(page);
    await page.goto(`${url}#/runs/websocket?notable`);
    await page.waitForSelector('.runs tbody tr');
    await page.click('tr[data-mark="fail"] a');
    await page.waitForSelector('.raw');
    assert.match((await page.textContent('.raw')) ?? '', /"reason": "subprotocol_missing"/);
    await page.goto(`${url}#/explain`);
    await page.waitForSelector('.explanation');
    await page.goto(`${url}#/`);
    await page.waitForSelector('.flow');
    assert.equal(await page.locator('button.break').count(), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it('shows the worklog where scripts do not run', async () => {
    const { page } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(url);
    assert.match((await page.textContent('noscript')) ?? '', /# Golden path worklog: Netra staging/);
    await page.context().close();
  });
});
