/** The page over a made-up history: no functions and no sandbox, but real servers, real files and a real state. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openSqliteStore } from '../../shared/io/state/sqlite.ts';
import { startMonitoringServer } from '../../shared/local/monitoring/server.ts';
import { buildAssets } from '../../shared/local/page/assets.ts';
import { type History, historyPath, openHistory } from '../../shared/local/page/history.ts';
import { type Page, startPage } from '../../shared/local/page/page.ts';
import { startSlackServer } from '../../shared/local/slack/server.ts';
import { stepsOf } from '../../shared/core/environment/definition.ts';
import type { MadeUp, MadeUpOptions } from './made-up-history.ts';

export interface MadeUpPage extends AsyncDisposable {
  readonly page: Page;
  readonly history: History;
  /** Where history and state are. */
  readonly folder: string;
}

export async function startMadeUpPage(
  { environment }: Pick<MadeUpOptions, 'environment'>,
  made: MadeUp,
): Promise<MadeUpPage> {
  const folder = mkdtempSync(join(tmpdir(), 'golden-path-page-'));
  const history = openHistory({ path: historyPath(folder, environment.name) });
  made.records.forEach((record) => history.add(record));
  made.incidents.forEach((incident) => history.keepIncident(incident));
  const statePath = join(folder, `${environment.name}.sqlite`);
  const store = openSqliteStore(statePath);
  const documents = stepsOf(environment).map((step) => ({ document: step, value: made.steps[step] }));
  await store.commit(
    [{ document: 'environment' as const, value: made.state }, ...documents].map(({ document, value }) => {
      return { key: { environment: environment.name, document }, value, ifVersion: null };
    }),
  );
  await store.close();
  const slack = await startSlackServer();
  const monitoring = await startMonitoringServer();
  const page = await startPage({
    environment,
    history,
    assets: await buildAssets(),
    port: 0,
    newLife: false,
    onTourEnd: () => undefined,
  });
  await page.attach({ slack, monitoring, sandbox: null, functions: [], statePath, stop: async () => undefined });
  return {
    page,
    history,
    folder,
    async [Symbol.asyncDispose]() {
      await page.close();
      history.close();
      await slack.close();
      await monitoring.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
