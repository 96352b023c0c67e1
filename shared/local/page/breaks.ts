/**
 * The break board's memory: which faults are set in the sandbox, since when, which run found each and when Slack took
 * the message. Asks the sandbox's control port; knows of breaks that were made there by hand as well.
 */
import * as v from 'valibot';

import { verdicts } from '../../core/outcome.ts';
import { allReasons, reasonEntry } from '../../core/reasons.ts';
import { steps } from '../../core/step.ts';
import type { RunRecord } from '../../run/answer.ts';
import type { Answered } from '../ask.ts';
import type { LocalMessage } from '../slack/channels.ts';
import type { BoardFault, Breaks, BreakTimes } from './model/board.ts';

export type Control = (method: 'GET' | 'POST' | 'DELETE', path: string) => Promise<Answered>;

export interface BreakBoard {
  /** Every fault of the sandbox's table. */
  readonly faults: readonly BoardFault[];
  /** Breaks the product in this way. Resolves with a sentence when the sandbox refuses, with null when it is done. */
  break(fault: string): Promise<string | null>;
  /** Mends one fault, or all of them. */
  mend(fault: string | null): Promise<string | null>;
  /** Asks the sandbox what is set now; breaks that someone made by hand begin here. */
  refresh(): Promise<void>;
  hearRun(record: RunRecord): void;
  hearMessage(message: LocalMessage): void;
  now(): Breaks;
}

/** Breaks that are remembered, the newest. */
const timesMax = 40;

const finding = v.object({ verdict: v.picklist(verdicts), reason: v.nullable(v.picklist(allReasons)) });

const table = v.object({
  faults: v.array(
    v.object({
      id: v.string(),
      title: v.string(),
      group: v.string(),
      step: v.picklist(steps),
      expected: v.record(v.picklist(steps), finding),
      needs_environment: v.boolean(),
    }),
  ),
});

const state = v.object({ active: v.array(v.string()) });

/** Rejects when the sandbox does not answer. */
export async function openBreakBoard(control: Control, nowMs: () => number = Date.now): Promise<BreakBoard> {
  const known = await readTable(control);
  let active: readonly string[] = [];
  let times: readonly BreakTimes[] = [];

  function take(set: readonly string[]): void {
    const before = new Set(active);
    const now = new Set(set);
    active = set;
    const fresh = set.filter((fault) => !before.has(fault)).map((fault) => freshTimes(fault, nowMs()));
    const mended = times.map((each) =>
      each.mendedAtMs === null && !now.has(each.fault) ? { ...each, mendedAtMs: nowMs() } : each,
    );
    times = [...fresh, ...mended].slice(0, timesMax);
  }

  async function change(method: 'POST' | 'DELETE', path: string): Promise<string | null> {
    const answered = await control(method, path);
    const parsed = v.safeParse(state, parseJson(answered.body));
    if (answered.status !== 200 || !parsed.success) {
      return `the sandbox refuses (HTTP ${answered.status})`;
    }
    take(parsed.output.active);
    return null;
  }

  return {
    faults: known,
    break: (fault) => change('POST', `/faults/${encodeURIComponent(fault)}`),
    mend: (fault) => change('DELETE', fault === null ? '/faults' : `/faults/${encodeURIComponent(fault)}`),
    refresh: async () => {
      const parsed = v.safeParse(state, parseJson((await control('GET', '/state')).body));
      if (parsed.success) {
        take(parsed.output.active);
      }
    },
    hearRun: (record) => {
      times = times.map((each) => (finds(record, each, known) ? detected(record, each) : each));
    },
    hearMessage: (message) => {
      times = times.map((each) => (tells(message, each, known) ? { ...each, toldAtMs: message.atMs } : each));
    },
    now: () => ({ active, times }),
  };
}

async function readTable(control: Control): Promise<readonly BoardFault[]> {
  const answered = await control('GET', '/faults');
  return v.parse(table, parseJson(answered.body)).faults.flatMap((row) => {
    const { id, title, group, step, expected, needs_environment: needsEnvironment } = row;
    const found = expected[step];
    return found === undefined || found.reason === null
      ? []
      : [{ id, title, group, step, verdict: found.verdict, reason: found.reason, needsEnvironment }];
  });
}

function freshTimes(fault: string, brokenAtMs: number): BreakTimes {
  return { fault, brokenAtMs, detectedAtMs: null, detectedBy: null, toldAtMs: null, mendedAtMs: null };
}

/** The step that is to notice, with the very reason; a run that was under way at the click may find it already. */
function finds({ outcome }: RunRecord, times: BreakTimes, faults: readonly BoardFault[]): boolean {
  const fault = faults.find(({ id }) => id === times.fault);
  return (
    fault !== undefined &&
    times.detectedAtMs === null &&
    times.mendedAtMs === null &&
    outcome.step === fault.step &&
    outcome.reason === fault.reason &&
    outcome.endedAtMs >= times.brokenAtMs
  );
}

function detected({ outcome }: RunRecord, times: BreakTimes): BreakTimes {
  return { ...times, detectedAtMs: outcome.endedAtMs, detectedBy: outcome.traceId };
}

/** The first message since then that says the sentence of the reason; it may come before its run has ended. */
function tells(message: LocalMessage, times: BreakTimes, faults: readonly BoardFault[]): boolean {
  const reason = faults.find(({ id }) => id === times.fault)?.reason;
  return (
    reason !== undefined &&
    times.toldAtMs === null &&
    message.atMs >= times.brokenAtMs &&
    message.text.toLowerCase().includes(reasonEntry(reason).sentence.toLowerCase())
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
