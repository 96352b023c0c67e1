/** What a function answers: the whole record of the run, so that `curl` shows what the log shows. */
import type { Decision } from '../core/judge/decision.ts';
import type { Outcome } from '../core/outcome.ts';
import type { Reason } from '../core/reasons.ts';
import { reasonEntry } from '../core/reasons.ts';
import { isoUtc } from '../core/time.ts';
import type { DeliveryReport } from './deliver.ts';
import type { JudgeReport } from './judge-run.ts';

/** Our own trouble during a run, besides the verdict. */
export interface RunTrouble {
  readonly reason: Reason;
  readonly detail: string;
}

/** The record of a run: logged as one line and answered as JSON. */
export interface RunRecord {
  readonly outcome: Outcome;
  /** `unjudged`: the state was not to be had. `contended`: other runs wrote first every time. */
  readonly judged: JudgeReport['judged'] | 'unjudged';
  /** What was done and left undone, each with its reason. */
  readonly decisions: readonly Decision[];
  readonly delivery: DeliveryReport | null;
  readonly conflicts: number;
  readonly points: { readonly written: number; readonly refused: number } | null;
  readonly trouble: readonly RunTrouble[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** 200 when something was measured, good or bad; 500 when our own apparatus broke. The verdict is there in both. */
export function answerOf(record: RunRecord): HttpAnswer {
  return { status: apparatusBroke(record) ? 500 : 200, body: record };
}

export function apparatusBroke({ outcome, trouble }: RunRecord): boolean {
  const unmeasured =
    outcome.verdict === 'inconclusive' && outcome.reason !== null && reasonEntry(outcome.reason).fault !== 'credential';
  return unmeasured || trouble.length > 0;
}

/**
 * Google's SyntheticResult for the outcome: always with HTTP 200, the verdict is in `ok`.
 * Source: synthetics-sdk-nodejs, synthetic_response.proto.
 */
export function syntheticAnswer(
  outcome: Outcome,
  runtimeMetadata: Readonly<Record<string, string>>,
  functionName: string,
): HttpAnswer {
  const ok = outcome.verdict === 'pass' || outcome.verdict === 'degraded';
  const error = {
    error_type: outcome.reason ?? outcome.verdict,
    error_message: outcome.detail,
    function_name: functionName,
    file_path: '',
    line: 0,
    stack_trace: '',
  };
  return {
    status: 200,
    body: {
      synthetic_generic_result_v1: ok ? { ok } : { ok, generic_error: error },
      runtime_metadata: runtimeMetadata,
      start_time: isoUtc(outcome.startedAtMs),
      end_time: isoUtc(outcome.endedAtMs),
    },
  };
}
