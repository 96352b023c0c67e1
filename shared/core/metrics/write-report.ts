/**
 * What became of a call to CreateTimeSeries, read from the error that it ended with. The API writes what it can:
 * a refused call may have written most of its points, and says so in a summary that names causes but no series.
 */
import * as v from 'valibot';

import type { RefusedPoints, WriteReport } from '../ports.ts';
import { redact } from '../redact.ts';
import type { Point } from './points.ts';

/** The gRPC status codes that are told apart here. */
export const grpcStatus = { deadlineExceeded: 4, resourceExhausted: 8, unavailable: 14, unauthenticated: 16 } as const;

/** An error of the client: gRPC's code and text, and the decoded details of google.rpc.Status. */
const callError = v.object({
  code: v.pipe(v.number(), v.integer()),
  details: v.string(),
  statusDetails: v.optional(v.array(v.unknown()), []),
});

/** google.monitoring.v3.CreateTimeSeriesSummary. */
const writeSummary = v.object({
  successPointCount: v.number(),
  errors: v.array(v.object({ status: v.object({ code: v.number(), message: v.string() }), pointCount: v.number() })),
});

/** The report of a call that failed; null when the error is not the API's, but a fault of our own. */
export function readCallError(error: unknown, points: readonly Point[]): WriteReport | null {
  const call = v.safeParse(callError, error);
  if (!call.success) {
    return null;
  }
  const { code, details, statusDetails } = call.output;
  const summary = statusDetails.map((detail) => v.safeParse(writeSummary, detail)).find(({ success }) => success);
  if (!summary?.success) {
    return refusal(points, code, details);
  }
  const refused = summary.output.errors.map(({ status, pointCount }) =>
    refusedPoints(points, { code: status.code, message: status.message, points: pointCount }),
  );
  return { written: summary.output.successPointCount, refused };
}

/** Nothing of the call was written. */
export function refusal(points: readonly Point[], code: number, message: string): WriteReport {
  return { written: 0, refused: [refusedPoints(points, { code, message, points: points.length })] };
}

function refusedPoints(points: readonly Point[], refused: Omit<RefusedPoints, 'metrics'>): RefusedPoints {
  const metrics = [...new Set(points.map(({ metric }) => metric))];
  return { ...refused, message: redact(refused.message), metrics };
}

/** No answer came, or none that the API itself gave: the same call may be tried again. */
export function isUnanswered({ refused }: WriteReport): boolean {
  return refused.some(({ code }) => code === grpcStatus.unavailable || code === grpcStatus.deadlineExceeded);
}

/** Nothing at all came back in time. */
export function isSilence({ refused }: WriteReport): boolean {
  return refused.some(({ code }) => code === grpcStatus.deadlineExceeded);
}

/** What a repeated call is told of points that the first one had brought after all. */
const alreadyThere = /more frequently than|must be written in order/i;

/** The report of a repeated call, in which points that are there already count as written. */
export function withoutRepeats({ written, refused }: WriteReport): WriteReport {
  const kept = refused.filter(({ message }) => !alreadyThere.test(message));
  return { written: written + countRefused(refused) - countRefused(kept), refused: kept };
}

export function sumReports(reports: readonly WriteReport[]): WriteReport {
  return {
    written: reports.reduce((sum, { written }) => sum + written, 0),
    refused: reports.flatMap(({ refused }) => refused),
  };
}

function countRefused(refused: readonly RefusedPoints[]): number {
  return refused.reduce((sum, { points }) => sum + points, 0);
}
