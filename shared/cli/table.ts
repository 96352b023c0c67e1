/** Shows outcomes to a person at a terminal: a line a step, a line a check, what to look at below. */
import type { Check, EvidenceValue, Phases, Summary, Verdict } from '../core/outcome.ts';
import { phases as phaseOrder } from '../core/outcome.ts';
import { reasonEntry } from '../core/reasons.ts';
import type { Step } from '../core/step.ts';

export const marks: Readonly<Record<Verdict, string>> = {
  pass: '✓',
  degraded: '▲',
  fail: '✗',
  blocked: '◌',
  inconclusive: '?',
};

export interface ShownStep extends Summary {
  readonly step: Step;
  readonly latencyMs: number | null;
  readonly phases: Phases;
  readonly checks: readonly Check[];
  readonly flaky: boolean;
}

const indent = '    ';
const separator = ' · ';

/** A terminal is about this wide. */
const columns = 120;

/** The step on one line. */
export function runLine(shown: ShownStep): string {
  return `${headText(shown)}  ${phaseTexts(shown.phases).join(separator)}${flakyText(shown)}`.trimEnd();
}

/** The step with all of its checks, and what its reason means. */
export function stepLines(shown: ShownStep): readonly string[] {
  return [...headLines(shown), ...shown.checks.flatMap(checkLines), ...sentenceLines(shown)];
}

/** An agent run has more phases than a line has room for. */
function headLines(shown: ShownStep): readonly string[] {
  const line = runLine(shown);
  if (line.length <= columns) {
    return [line];
  }
  const lines: string[] = [];
  for (const text of phaseTexts(shown.phases)) {
    const longer = `${lines.at(-1)}${separator}${text}`;
    if (lines.length > 0 && longer.length <= columns) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(`${indent}${text}`);
    }
  }
  return [`${headText(shown)}${flakyText(shown)}`, ...lines];
}

function headText(shown: ShownStep): string {
  return `${marks[shown.verdict]} ${shown.step.padEnd(10)} ${verdictText(shown).padEnd(24)} ${milliseconds(shown.latencyMs).padStart(9)}`;
}

function flakyText({ flaky }: ShownStep): string {
  return flaky ? '  (failed at first, passed when repeated)' : '';
}

function checkLines(check: Check): readonly string[] {
  const name = check.subject === null ? check.id : `${check.id} (${check.subject})`;
  const line = `${indent}${marks[check.verdict]} ${name.padEnd(38)} ${verdictText(check).padEnd(24)} ${milliseconds(check.latencyMs).padStart(9)}`;
  if (check.verdict === 'pass' && check.reason === null) {
    return [line];
  }
  const evidence = Object.entries(check.evidence).map(([key, value]) => `${key}: ${evidenceText(value)}`);
  return [line, `${indent}  ${check.detail}`, ...evidence.map((text) => `${indent}  · ${text}`)];
}

/** What the reason means, for someone who has never seen the product. */
function sentenceLines(shown: ShownStep): readonly string[] {
  if (shown.reason === null) {
    return [];
  }
  const { sentence, fault } = reasonEntry(shown.reason);
  return [`${indent}→ ${shown.reason}: ${sentence} (to be mended by: ${faultText[fault]})`];
}

const faultText = {
  product: 'the product',
  path: 'the way to the product',
  credential: 'whoever keeps the credential',
  monitor: 'this monitor',
} as const;

function verdictText({ verdict, reason }: { readonly verdict: Verdict; readonly reason: string | null }): string {
  return reason === null ? verdict : `${verdict} ${reason}`;
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ms`;
}

function phaseTexts(phases: Phases): readonly string[] {
  return phaseOrder.flatMap((phase) => {
    const value = phases[phase];
    return value === undefined ? [] : [`${phase} ${value < 10 ? value.toFixed(1) : String(Math.round(value))}`];
  });
}

function evidenceText(value: EvidenceValue): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
