/** The results as text: for the terminal, and for `docs/performance.md`. */
import type { Figure, Goal, SectionResult, Table } from './section.ts';

/** Tables in Markdown, which a terminal shows well too. */
export function renderReport({ tables, goals, skipped }: SectionResult): readonly string[] {
  return [
    ...tables.flatMap(renderTable),
    ...(goals.length === 0 ? [] : ['### Goals', '', ...renderGoals(goals), '']),
    ...(skipped.length === 0 ? [] : ['### Left out', '', ...skipped.map((sentence) => `- ${sentence}`), '']),
  ];
}

function renderTable({ title, how, figures }: Table): readonly string[] {
  const varies = figures.some(({ spread }) => spread !== null);
  const compared = figures.some(({ ratio }) => ratio !== null);
  const head = ['what', 'value', ...(varies ? ['middle half'] : []), ...(compared ? ['ratio'] : [])];
  const rows = figures.map((figure) => [
    figure.name,
    shown(figure.value, figure.unit),
    ...(varies
      ? [figure.spread === null ? '' : figure.spread.map((each) => shown(each, figure.unit)).join(' to ')]
      : []),
    ...(compared ? [figure.ratio === null || Number.isNaN(figure.ratio) ? '' : figure.ratio.toFixed(2)] : []),
  ]);
  return [`### ${title}`, '', how, '', ...aligned([head, ...rows]), ''];
}

export function renderGoals(goals: readonly Goal[]): readonly string[] {
  const rows = goals.map(({ title, reach, measured, met }) => [title, reach, measured, met ? 'met' : '**not met**']);
  return aligned([['what', 'reach', 'measured', ''], ...rows]);
}

function shown(value: number, unit: Figure['unit']): string {
  switch (unit) {
    case 'USD':
      return `$${value.toFixed(2)}`;
    case 'count':
      return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
    case 'bytes':
      return `${value.toLocaleString('en-US')} bytes`;
    case 'MiB':
      return `${value.toFixed(1)} MiB`;
    case 'ms':
      return Math.abs(value) < 10 ? `${value.toFixed(2)} ms` : `${value.toFixed(0)} ms`;
  }
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)];
}
