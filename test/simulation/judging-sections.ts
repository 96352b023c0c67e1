/** The parts of `docs/judging.md` that are made from the judge itself, as Markdown. */
import type { BaselineRow, Detection } from './baselines.ts';
import type { ContestRow } from './contest.ts';
import { columns, transitionMatrix } from './matrix.ts';
import { play, type Timeline } from './timeline.ts';
import { timelineGroups } from './timelines.ts';

/** As the formatter leaves it: every column as wide as its widest cell. */
function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, at) => Math.max(3, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  return [
    line(head),
    line(
      head.map(() => ''),
      '-',
    ),
    ...body.map((row) => line(row)),
  ].join('\n');
}

/** One row a kind of run, one column a state: what the judge decides, and in bold what people are told. */
export function matrixSection(): string {
  const rows = transitionMatrix();
  return table([
    ['the run finds', ...rows.map(({ state }) => state)],
    ...columns.map(({ name }, at) => [name, ...rows.map(({ cells }) => cells[at] ?? '')]),
  ]);
}

export function timelinesSection(): string {
  return timelineGroups
    .map(({ title, timelines }) => [`### ${title}`, ...timelines.map(timelineText)].join('\n\n'))
    .join('\n\n');
}

function timelineText(timeline: Timeline): string {
  const { told } = play(timeline);
  const width = Math.max(...Object.keys(timeline.runs).map((name) => name.length));
  const runs = Object.entries(timeline.runs).map(
    ([name, line]) => `${name.padEnd(width)}  ${line.replaceAll(' ', '')}`,
  );
  const news = told.length === 0 ? ['nothing is told'] : told.map((each) => each.replaceAll('_', ' '));
  return [`**${timeline.name}.**`, '', '```text', ...runs, ...news.map((each) => `→ ${each}`), '```'].join('\n');
}

export function contestSection(rows: readonly ContestRow[]): string {
  return table([
    ['monitor', 'outages', 'missed', 'false pages a year', 'slots until told, median', '95 %', 'messages a year'],
    ...rows.map(({ name, outages, missed, falsePages, medianDelay, longDelay, messages }) => [
      name,
      String(outages),
      String(missed),
      falsePages.toFixed(0),
      medianDelay.toFixed(2),
      longDelay.toFixed(2),
      messages.toFixed(0),
    ]),
  ]);
}

export function baselinesSection(rows: readonly BaselineRow[]): string {
  return table([
    ['series', 'method', 'false alarms a year', 'step of 60 %: found, runs', 'drift of 1 % a day: found, days'],
    ...rows.map(({ series, method, falseAlarmsAYear, step, drift }) => [
      series,
      method,
      String(falseAlarmsAYear),
      detectionText(step, (runs) => String(runs)),
      detectionText(drift, (runs) => (runs / 288).toFixed(1)),
    ]),
  ]);
}

function detectionText({ found, runs }: Detection, text: (runs: number) => string): string {
  return runs === null ? 'never' : `${Math.round(100 * found)} %, ${text(runs)}`;
}

/** The page with a section in it, between its two marks. */
export function withSection(page: string, name: string, section: string): string {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`docs/judging.md has no place for ${name}`);
  }
  return `${page.slice(0, from + begin.length)}\n\n${section}\n\n${page.slice(to)}`;
}
