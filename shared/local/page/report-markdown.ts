/** A report in the form of the worklogs that people kept by hand; here every number is computed. */
import { counted, latencyText, sentence, stepTitles } from '../../core/message/words.ts';
import { durationText, isoUtc } from '../../core/time.ts';
import { percentText } from './model/changes.ts';
import type { IncidentView, ReportData } from './model/contract.ts';
import type { PeriodSummary, Share, StepSummary, Summary } from './model/summary.ts';

export function reportMarkdown({ summary, overview, fromMs, toMs }: ReportData): string {
  const runs = summary.steps.reduce((sum, step) => sum + step.runs, 0);
  return [
    `# Golden path worklog: ${overview.title}`,
    '',
    `**Period:** ${minuteUtc(fromMs)} to ${minuteUtc(toMs)} (${durationText(toMs - fromMs)})  `,
    `**Environment:** ${overview.name}, a run of each step every ${overview.cadenceMs / 1_000} s  `,
    `**Runs:** ${runs}`,
    '',
    '## Pass rates against the targets',
    '',
    ...targetTable(summary),
    '',
    '## Incidents',
    '',
    ...incidentLines(summary),
    '',
    '## What was wrong',
    '',
    ...reasonLines(summary),
    '',
    '## What changed since the period before',
    '',
    ...changeLines(summary),
    '',
    '## How it was counted',
    '',
    '- A try worked when its verdict was pass or degraded. What an earlier step blocked did not work: no user gets past it.',
    '- “By itself” leaves blocked tries out. Inconclusive runs say nothing of the product and count nowhere.',
    '- The whole path counts rounds of one cadence; a round worked when no step in it failed or was blocked.',
    '',
  ].join('\n');
}

function minuteUtc(atMs: number): string {
  return `${isoUtc(atMs).slice(0, 16).replace('T', ' ')} UTC`;
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}

function targetTable({ steps, path, previous }: Summary): readonly string[] {
  const head = [
    'Step',
    'Runs',
    'Worked',
    'Failed',
    'Blocked',
    'Inconclusive',
    'Pass rate',
    'By itself',
    'Target',
    'Status',
  ];
  const columns = [...head, 'Before', 'Median', '95 % within'];
  return [
    row(columns),
    row(columns.map(() => '---')),
    ...steps.map((step) => stepLine(step, previous)),
    row([
      '**Whole path**',
      `${path.rounds} rounds`,
      path.worked,
      path.rounds - path.worked,
      '',
      '',
      `**${percentText(path.share)}**`,
      '',
      `> ${percentText(path.target)}`,
      statusText(path),
      percentText(previous?.path.share ?? null),
      '',
      '',
    ]),
  ];
}

function stepLine(step: StepSummary, previous: PeriodSummary | null): string {
  const { counts } = step;
  const before = previous?.steps.find((each) => each.step === step.step);
  return row([
    stepTitles[step.step],
    step.runs,
    counts.pass + counts.degraded,
    counts.fail,
    counts.blocked,
    counts.inconclusive,
    `**${percentText(step.share)}**`,
    percentText(step.ownShare),
    `> ${percentText(step.target)}`,
    statusText(step),
    percentText(before?.share ?? null),
    step.medianMs === null ? '–' : latencyText(step.medianMs),
    step.slowMs === null ? '–' : latencyText(step.slowMs),
  ]);
}

function statusText({ met }: Share): string {
  return met === null ? '– nothing tried' : met ? '✅ met' : '❌ missed';
}

function incidentLines({ incidents, brokenMs, toMs }: Summary): readonly string[] {
  if (incidents.length === 0) {
    return ['None.'];
  }
  return [
    `${incidents.length}, ${durationText(brokenMs)} in all:`,
    '',
    ...incidents.map((each) => incidentLine(each, toMs)),
  ];
}

function incidentLine(
  { id, severity, firstStep, parts, openedAtMs, resolvedAtMs }: IncidentView,
  toMs: number,
): string {
  const first = parts.find(({ step }) => step === firstStep);
  const others = parts.filter(({ step }) => step !== firstStep).map(({ step }) => stepTitles[step]);
  const ended =
    resolvedAtMs === null
      ? `still open after ${durationText(toMs - openedAtMs)}`
      : `over after ${durationText(resolvedAtMs - openedAtMs)}`;
  return [
    `- ${minuteUtc(openedAtMs)}, ${severity}: **${stepTitles[firstStep]}**`,
    first === undefined ? '' : `, \`${first.reason}\`: ${sentence(first.reason)}`,
    ` ${ended}${others.length === 0 ? '' : `, also ${others.join(', ')}`} (${id})`,
  ].join('');
}

function reasonLines({ steps }: Summary): readonly string[] {
  const lines = steps.flatMap(({ step, reasons }) =>
    reasons.map(
      ({ reason, runs }) => `- ${stepTitles[step]}: \`${reason}\` in ${counted(runs, 'run')}. ${sentence(reason)}`,
    ),
  );
  return lines.length === 0 ? ['Nothing.'] : lines;
}

function changeLines({ changes, previous }: Summary): readonly string[] {
  if (previous === null) {
    return ['Nothing is known of the time before.'];
  }
  return changes.length === 0 ? ['Nothing to speak of.'] : changes.map((change) => `- ${change}`);
}
