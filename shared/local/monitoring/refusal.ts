/** How Cloud Monitoring says that it did not take everything: one error with a summary of causes inside. */
import protos from '@google-cloud/monitoring/build/protos/protos.js';
import { Metadata, status } from '@grpc/grpc-js';

import type { Judged, Refused } from './store.ts';

const { CreateTimeSeriesSummary } = protos.google.monitoring.v3;
const { Status } = protos.google.rpc;

/** Longest text of the error, in characters: it travels in an HTTP/2 header. */
const detailsMax = 2_000;

export interface CallError {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The error for a request of which some series, or all, were refused; null when all were taken. */
export function callErrorOf(judged: readonly Judged[]): CallError | null {
  const causes = causesOf(judged);
  if (causes.length === 0) {
    return null;
  }
  const texts = causes.map(({ message, indices }) => `${message}: timeSeries[${indices.join(',')}]`);
  const details = `One or more TimeSeries could not be written: ${texts.join('; ')}`.slice(0, detailsMax);
  return { code: status.INVALID_ARGUMENT, details, metadata: summaryMetadata(judged.length, causes, details) };
}

interface Cause {
  readonly message: string;
  readonly indices: number[];
}

/** Series that were refused for the same reason, together; the field's own index does not make a cause of its own. */
function causesOf(judged: readonly Judged[]): readonly Cause[] {
  const causes = new Map<string, Cause>();
  for (const { index, rule, message } of judged.filter(isRefused)) {
    const key = `${rule} ${message.replace(/timeSeries\[\d+\]/, '')}`;
    const cause = causes.get(key) ?? { message, indices: [] };
    cause.indices.push(index);
    causes.set(key, cause);
  }
  return [...causes.values()];
}

function isRefused(judged: Judged): judged is Refused {
  return !judged.accepted;
}

/** The trailer `grpc-status-details-bin`: google.rpc.Status, with the summary packed as google.protobuf.Any. */
function summaryMetadata(totalPointCount: number, causes: readonly Cause[], details: string): Metadata {
  const code = status.INVALID_ARGUMENT;
  const errors = causes.map(({ message, indices }) => ({ status: { code, message }, pointCount: indices.length }));
  const failed = errors.reduce((sum, { pointCount }) => sum + pointCount, 0);
  const summary = { totalPointCount, successPointCount: totalPointCount - failed, errors };
  const packed = {
    type_url: 'type.googleapis.com/google.monitoring.v3.CreateTimeSeriesSummary',
    value: CreateTimeSeriesSummary.encode(summary).finish(),
  };
  const rpcStatus = Status.encode({ code, message: details, details: [packed] }).finish();
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', Buffer.from(rpcStatus));
  return metadata;
}
