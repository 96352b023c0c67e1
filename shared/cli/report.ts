/** `golden-path report`: what a period was like, as one HTML file or as a worklog in Markdown, from the local history. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { type Environment, stepsOf } from '../core/environment/definition.ts';
import { dayMs, parseInstant } from '../core/time.ts';
import { openSqliteStore } from '../io/state/sqlite.ts';
import { buildAssets } from '../local/page/assets.ts';
import { historyPath, openHistory } from '../local/page/history.ts';
import { reportData } from '../local/page/report-data.ts';
import { reportHtml } from '../local/page/report-html.ts';
import { reportMarkdown } from '../local/page/report-markdown.ts';
import { type KnownState, nothingKnown, readState } from '../local/page/state-reader.ts';
import { type Command, type CommandIo, UsageError } from './command.ts';
import { loadOne } from './one-environment.ts';

const sandboxFile = new URL('../../infra/environments/sandbox.yaml', import.meta.url).pathname;

const help = `Usage: golden-path report [--from TIME] [--to TIME] [OPTIONS] > report.html

Tells what a period was like, from the history that \`golden-path start\` keeps: the share of tries that worked against
the targets, incidents, what changed since the period before, charts, runs with their records, and the Slack messages.
The HTML file holds everything itself and loads nothing.

  --from TIME          such as 2026-11-24T20:00:00Z; default: a day before --to
  --to TIME            default: now
  --environment FILE   the environment file; default: the sandbox's
  --folder DIR         where the history is; default .golden-path
  --markdown           a worklog in Markdown instead of HTML

Exit code: 0 written, 2 no history or bad usage.`;

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      environment: { type: 'string', default: sandboxFile },
      folder: { type: 'string', default: '.golden-path' },
      markdown: { type: 'boolean', default: false },
    },
  });
  const nowMs = Date.now();
  const toMs = values.to === undefined ? nowMs : instant('--to', values.to);
  const fromMs = values.from === undefined ? toMs - dayMs : instant('--from', values.from);
  if (fromMs >= toMs) {
    throw new UsageError('--from must be before --to');
  }
  const loaded = await loadOne(values.environment, io);
  if (loaded === null) {
    return 2;
  }
  const { environment } = loaded;
  const path = historyPath(values.folder, environment.name);
  if (!existsSync(path)) {
    io.err(`there is no history of ${environment.name} in ${values.folder}: golden-path start keeps one`);
    return 2;
  }
  const history = openHistory({ path });
  try {
    const state = await knownState(values.folder, environment);
    const data = reportData({ environment, history, state, fromMs, toMs, nowMs });
    const markdown = reportMarkdown(data);
    io.out(values.markdown ? markdown : reportHtml(data, await buildAssets(), markdown));
    return 0;
  } finally {
    history.close();
  }
}

function instant(option: string, text: string): number {
  const atMs = parseInstant(text);
  if (atMs === null) {
    throw new UsageError(`${option} must be an instant with its zone, such as 2026-11-24T20:00:00Z`);
  }
  return atMs;
}

/** What judging remembers gives the baselines of the charts; a report can do without. */
async function knownState(folder: string, environment: Environment): Promise<KnownState> {
  const path = join(folder, `${environment.name}.sqlite`);
  if (!existsSync(path)) {
    return nothingKnown;
  }
  const store = openSqliteStore(path);
  try {
    return await readState(store, environment.name, stepsOf(environment));
  } finally {
    await store.close();
  }
}

export const reportCommand: Command = {
  name: 'report',
  summary: 'what a period was like: an HTML file or a worklog',
  help,
  run,
};
