/** The page `docs/fault-matrix.md`, from what a run of the matrix has found. */
import { reasonEntry } from '../../shared/core/reasons.ts';
import { type Step, steps } from '../../shared/core/step.ts';
import { faults } from '../sandbox/faults.ts';
import { variants } from '../sandbox/variants.ts';
import { type Case, firstBroken, isFault } from './matrix.ts';

const head = `# Fault matrix

What the four probes say when the product is broken in a known way, and when it is healthy in an unusual one. Written by
\`npm run matrix\` from a run against the sandbox; a test fails when the page and the sandbox's table differ.

The time is that of the probe of the first broken step, measured at a sandbox that lives five times as fast as a real
product, with longer waits than usual for whatever a row is not about. An alert needs two bad runs of the last three by
default, so at a cadence of five minutes people are told within ten; an open door (\`auth_bypassed\`,
\`isolation_breach\`) is told at the first run.

\`blocked\`: an earlier step of the flow is broken, so the step could not be tried. A dash: the step passes.
`;

export function matrixPage(cases: readonly Case[]): string {
  const byId = new Map(cases.map((each) => [each.knob.id, each]));
  const broken = faults.flatMap(({ id }) => byId.get(id) ?? []);
  const healthy = variants.flatMap(({ id }) => byId.get(id) ?? []);
  return [
    head,
    `## ${broken.length} faults`,
    '',
    '| fault | what is broken | auth | health | websocket | agent | first broken | whose fault | seen after |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...broken.map(faultRow),
    '',
    `## ${healthy.length} healthy variants, in which all four steps pass`,
    '',
    '| variant | what is unusual |',
    '| --- | --- |',
    ...healthy.map(({ knob }) => `| \`${knob.id}\` | ${knob.title} |`),
    '',
  ].join('\n');
}

function faultRow({ knob, found, expected }: Case): string {
  const step = firstBroken(expected) ?? (isFault(knob) ? knob.step : 'auth');
  const { reason, tookMs } = found[step];
  const cells = [
    `\`${knob.id}\``,
    knob.title,
    ...steps.map((each) => finding(found[each])),
    step,
    reason === null ? '' : reasonEntry(reason).fault,
    seconds(tookMs),
  ];
  return `| ${cells.join(' | ')} |`;
}

function finding({ verdict, reason }: Case['found'][Step]): string {
  return reason === null ? '–' : `${verdict} \`${reason}\``;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.max(10, Math.round(ms / 10) * 10)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** The page without its one column that differs from run to run. */
export function withoutTimes(page: string): string {
  return page.replaceAll(/ \| [\d.]+ m?s \|$/gm, ' |');
}
