/** What a deployment costs: quantities by hand, the free part, both bills, and the table of docs/deploy.md. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { costCommand } from '../../shared/cli/cost.ts';
import { UsageError } from '../../shared/cli/command.ts';
import { costLines, monthlyUsage, totalUsd, whenAllIsWell, whenEverythingHangs } from '../../shared/core/cost.ts';
import { prices } from '../../shared/core/prices.ts';
import { staging } from '../support/sample-builders.ts';
import { costNow, deployPage, placeOf, squeezed } from './deploy-page.ts';
import { infraDir } from './terraform.ts';

const nothing = monthlyUsage([], whenAllIsWell);

describe('monthly usage', () => {
  const usage = monthlyUsage([staging], whenAllIsWell);

  it('counts what the schedule makes: four steps, every 5 minutes, for 30 days', () => {
    assert.equal(usage.scheduler, 4);
    assert.equal(usage.requests, 4 * 8_640);
    assert.equal(usage.reads, 2 * usage.requests);
    assert.equal(usage.writes, usage.requests);
    assert.equal(usage.processor, 8_640 * (2 + 2 + 4 + 40));
    assert.equal(usage.memory, usage.processor / 4);
    assert.equal(usage.secrets, 2);
  });

  it('doubles with a second region, except for the secrets', () => {
    const twice = monthlyUsage([{ ...staging, regions: ['us-central1', 'europe-west1'] }], whenAllIsWell);
    assert.equal(twice.scheduler, 8);
    assert.equal(twice.requests, 2 * usage.requests);
    assert.equal(twice.images, 2 * usage.images);
    assert.equal(twice.secrets, usage.secrets);
  });

  it('needs no image more for an environment more', () => {
    const two = monthlyUsage([staging, { ...staging, name: 'other' }], whenAllIsWell);
    assert.equal(two.images, usage.images);
    assert.equal(two.requests, 2 * usage.requests);
  });

  it('is nothing for nothing', () => {
    assert.deepEqual(new Set(Object.values(nothing)), new Set([0]));
  });
});

describe('the bill', () => {
  it('takes off what is free, and no more than there is', () => {
    const lines = costLines({ ...nothing, scheduler: 5, secrets: 6, requests: 3e6 });
    const costs = Object.fromEntries(lines.map(({ item, costUsd }) => [item, costUsd]));
    assert.deepEqual(costs, {
      ...Object.fromEntries(Object.keys(prices).map((item) => [item, 0])),
      scheduler: 0.2,
      requests: 0.4,
    });
  });

  it('is highest when every run hangs', () => {
    const well = totalUsd(costLines(monthlyUsage([staging], whenAllIsWell)));
    const hanging = totalUsd(costLines(monthlyUsage([staging], whenEverythingHangs)));
    assert.ok(well > 0 && hanging > 5 * well, `${well} and ${hanging}`);
  });
});

describe('golden-path cost', () => {
  const file = join(infraDir, 'environments/netra-staging.yaml');

  async function output(...args: readonly string[]): Promise<readonly string[]> {
    const lines: string[] = [];
    const io = { out: (line: string) => void lines.push(line), err: () => undefined };
    assert.equal(await costCommand.run(args, io), 0);
    return lines;
  }

  it('prints the table that docs/deploy.md shows', async () => {
    const [table = ''] = placeOf('cost').exec(readFileSync(deployPage, 'utf8')) ?? [];
    assert.equal(squeezed(table), squeezed(await costNow()));
  });

  it('says the same in JSON, with the sources', async () => {
    const bills: unknown = JSON.parse((await output(file, '--json')).join('\n'));
    const { allIsWell } = Object(bills);
    assert.equal(allIsWell.lines.length, Object.keys(prices).length);
    assert.match(allIsWell.lines[0].price.source, /^cloud\.google\.com\/\S+, \d{4}-\d{2}/);
  });

  it('refuses to reckon without a file', async () => {
    await assert.rejects(output(), UsageError);
  });

  it('refuses a file that is not in order', async () => {
    await assert.rejects(output(join(infraDir, 'no-such-file.yaml')), UsageError);
  });
});
