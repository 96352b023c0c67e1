/** The newest runs of a step as a row of small marks, told apart by height and outline as well as by colour. */
import { counted } from '../../../../core/message/words.ts';
import { type Verdict, verdicts } from '../../../../core/outcome.ts';
import type { StripRun } from '../../model/contract.ts';
import { svg } from '../dom.ts';
import { clock, latency, verdictWords } from '../words.ts';

const places = 40;
const pitch = 6;
const height = 20;

const heights: Readonly<Record<Verdict, number>> = { pass: 10, degraded: 15, fail: 20, blocked: 10, inconclusive: 6 };
const flakyHeight = 13;

export function strip(runs: readonly StripRun[]): SVGElement {
  const shown = runs.slice(-places);
  return svg(
    'svg',
    {
      class: 'strip',
      role: 'img',
      'aria-label': stripLabel(shown),
      viewBox: `0 0 ${places * pitch} ${height}`,
      preserveAspectRatio: 'none',
    },
    Array.from({ length: places - shown.length }, (_, at) => slot(at)),
    shown.map((run, at) => bar(run, places - shown.length + at)),
  );
}

function slot(at: number): SVGElement {
  return svg('rect', { class: 'slot', x: at * pitch + 1, y: height - 2, width: pitch - 2, height: 2 });
}

function bar(run: StripRun, at: number): SVGElement {
  const tall = run.flaky ? flakyHeight : heights[run.verdict];
  const words = `${clock(run.slotMs)} ${verdictWords[run.verdict]}${run.flaky ? ', flaky' : ''}${run.reason === null ? '' : ` ${run.reason}`}`;
  return svg(
    'rect',
    {
      'data-action': 'open-run',
      'data-trace': run.trace,
      'data-mark': run.verdict,
      'data-flaky': run.flaky,
      x: at * pitch + 1,
      y: height - tall,
      width: pitch - 2,
      height: tall,
    },
    svg('title', {}, `${words}, ${latency(run.latencyMs)}`),
  );
}

function stripLabel(runs: readonly StripRun[]): string {
  if (runs.length === 0) {
    return 'no runs yet';
  }
  const parts = verdicts.flatMap((verdict) => {
    const count = runs.filter((run) => run.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${verdictWords[verdict]}`];
  });
  return `the last ${counted(runs.length, 'run')}: ${parts.join(', ')}`;
}
