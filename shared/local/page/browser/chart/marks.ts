/** What is drawn besides the curves: incidents behind them, deploys across them, and a mark a run below them. */
import type uPlot from 'uplot';

import type { Verdict } from '../../../../core/outcome.ts';
import type { ChartData } from '../../model/chart.ts';
import { markWords } from '../words.ts';
import type { Colour } from './colours.ts';

export function marksPlugin(data: () => ChartData, colour: Colour): uPlot.Plugin {
  return {
    hooks: {
      drawClear: [(chart: uPlot) => drawIncidents(chart, data(), colour)],
      draw: [(chart: uPlot) => drawRevisions(chart, data(), colour), (chart: uPlot) => drawLane(chart, data(), colour)],
    },
  };
}

function drawIncidents(chart: uPlot, { incidents, toMs }: ChartData, colour: Colour): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = colour('incident-shade');
  for (const incident of incidents) {
    const left = Math.max(bbox.left, chart.valToPos(incident.fromMs, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(incident.toMs ?? toMs, 'x', true));
    ctx.fillRect(left, bbox.top, Math.max(1, right - left), bbox.height);
  }
  ctx.restore();
}

function drawRevisions(chart: uPlot, { revisions }: ChartData, colour: Colour): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour('revision');
  ctx.fillStyle = colour('revision');
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.setLineDash([4 * ratio, 3 * ratio]);
  for (const { atMs, after } of revisions) {
    const x = Math.round(chart.valToPos(atMs, 'x', true)) + 0.5;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const nearRight = x > bbox.left + bbox.width * 0.75;
    ctx.textAlign = nearRight ? 'right' : 'left';
    ctx.fillText(`deploy ${shortRevision(after)}`, x + (nearRight ? -4 : 4) * ratio, bbox.top + 12 * ratio);
  }
  ctx.restore();
}

/** Cloud Run's revisions end in a number and a random word; the service's name is known here. */
export function shortRevision(revision: string): string {
  return /\d{3,}-[a-z0-9]+$/.exec(revision)?.[0] ?? revision.slice(-16);
}

function drawLane(chart: uPlot, { atMs, verdicts }: ChartData, colour: Colour): void {
  const { ctx, bbox } = chart;
  const ratio = devicePixelRatio;
  const zero = chart.valToPos(0, 'y', true);
  const bottom = bbox.top + bbox.height;
  const middle = (zero + bottom) / 2;
  // Where signs would cover each other, bars of different height stand for them.
  const crowded = bbox.width / Math.max(1, atMs.length) < 9 * ratio;
  ctx.save();
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.font = `bold ${12 * ratio}px system-ui, sans-serif`;
  for (const [at, verdict] of verdicts.entries()) {
    const x = chart.valToPos(atMs[at] ?? 0, 'x', true);
    ctx.fillStyle = colour(colourNames[verdict]);
    if (verdict === 'pass' || crowded) {
      const tall = tallness[verdict] * (bottom - zero);
      ctx.fillRect(Math.round(x) - ratio / 2, bottom - tall, (verdict === 'pass' ? 1 : 2) * ratio, tall);
    } else {
      ctx.fillText(markWords[verdict].sign, x, middle);
    }
  }
  ctx.restore();
}

/** Share of the lane's height. */
const tallness: Readonly<Record<Verdict, number>> = {
  pass: 0.25,
  degraded: 0.6,
  fail: 0.95,
  blocked: 0.4,
  inconclusive: 0.4,
};

const colourNames: Readonly<Record<Verdict, string>> = {
  pass: 'pass',
  degraded: 'degraded',
  fail: 'fail',
  blocked: 'blocked',
  inconclusive: 'inconclusive',
};
