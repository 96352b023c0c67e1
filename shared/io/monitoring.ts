/**
 * Writes points to Cloud Monitoring through Google's client over gRPC. The client is heavy, so it is loaded with the
 * first write or by `prepare`, never by importing this file. What the API refuses is a value; nothing is logged here.
 */
import { setTimeout as sleep } from 'node:timers/promises';

import type { MetricServiceClient } from '@google-cloud/monitoring';

import { createPacer } from '../core/metrics/pacing.ts';
import type { Point } from '../core/metrics/points.ts';
import { timeSeriesOf } from '../core/metrics/series.ts';
import {
  grpcStatus,
  isSilence,
  isUnanswered,
  readCallError,
  refusal,
  sumReports,
  withoutRepeats,
} from '../core/metrics/write-report.ts';
import type { MetricSink, WriteReport } from '../core/ports.ts';

export interface MetricSinkOptions {
  readonly project: string;
  /** `host:port` of a local server that speaks plain text and asks for no credentials; null is the real API. */
  readonly emulator: string | null;
  /** All that a write may take, in milliseconds: opening the client, both attempts and the pause between them. */
  readonly budgetMs: number;
}

/** A sink that a write after `close` opens again. */
export interface CloudMonitoringSink extends MetricSink {
  /** Opens the client ahead of the first write (a third of a second of CPU when cold). Never rejects. */
  prepare(): Promise<void>;
}

/** Series that one call may carry (google.monitoring.v3, CreateTimeSeriesRequest). */
const seriesMax = 200;

/** Pause before the second attempt; longer than the channel's own before it connects anew. */
const retryPauseMs = 400;
const reconnectPauseMs = 200;

/** A second attempt with less time than this is not begun. */
const retryRoomMs = 250;

/** A client that is still being opened is not waited for longer than this. */
const closeMsMax = 1_000;

/** An opened client, or the gRPC status that says why there is none. */
type Opened = { readonly client: MetricServiceClient } | { readonly code: number; readonly message: string };

export function openMetricSink(options: MetricSinkOptions): CloudMonitoringSink {
  const pace = createPacer();
  let opening: Promise<Opened> | null = null;

  /** What could not be opened is forgotten, so that the next write tries anew. */
  async function open(): Promise<Opened> {
    opening ??= openClient(options);
    const current = opening;
    const opened = await current.catch((error: unknown) => {
      forget(current);
      throw error;
    });
    if (!('client' in opened)) {
      forget(current);
    }
    return opened;
  }

  function forget(current: Promise<Opened> | null): void {
    opening = opening === current ? null : opening;
  }

  /**
   * One call, and one more when no answer came. That is safe although the first may have arrived: points are unique by
   * their end, so what is there already is refused at the second attempt, and counts as written.
   */
  async function writeCall(points: readonly Point[], deadlineMs: number): Promise<WriteReport> {
    const opened = await within(open(), deadlineMs);
    const current = opening;
    const first = await send(opened, points, { ...options, timeoutMs: Math.ceil(leftMs(deadlineMs) / 2) });
    if (isSilence(first)) {
      // A connection can die unnoticed while the function sleeps; only another one gets through then.
      forget(current);
      close(opened);
    }
    if (!isUnanswered(first) || leftMs(deadlineMs) < retryPauseMs + retryRoomMs) {
      return first;
    }
    await sleep(retryPauseMs);
    const again = await within(open(), deadlineMs);
    return withoutRepeats(await send(again, points, { ...options, timeoutMs: leftMs(deadlineMs) }));
  }

  return {
    async prepare() {
      await open().catch(() => undefined);
    },
    async write(points) {
      const deadlineMs = performance.now() + options.budgetMs;
      const due: Point[] = [];
      const dense: Point[] = [];
      for (const point of points) {
        const paced = pace(point);
        (paced === null ? dense : due).push(paced ?? point);
      }
      const reports = await Promise.all(chunks(due).map((call) => writeCall(call, deadlineMs)));
      return sumReports(dense.length === 0 ? reports : [...reports, tooDense(dense)]);
    },
    async close() {
      const deadlineMs = performance.now() + closeMsMax;
      const opened = opening === null ? null : await within(opening, deadlineMs).catch(() => null);
      opening = null;
      if (opened !== null && 'client' in opened) {
        await opened.client.close();
      }
    },
  };
}

function chunks(points: readonly Point[]): readonly (readonly Point[])[] {
  const count = Math.ceil(points.length / seriesMax);
  return Array.from({ length: count }, (_, index) => points.slice(index * seriesMax, (index + 1) * seriesMax));
}

function tooDense(points: readonly Point[]): WriteReport {
  return refusal(points, grpcStatus.resourceExhausted, 'not sent: more points than their series can take in this time');
}

/**
 * Loads only the one client that is needed: the package's index loads nine more. `initialize` is called here, because
 * a call whose initialisation fails leaves a rejection that nobody can catch and that ends the process. What the
 * library says about credentials is not passed on: it can quote the file that it could not read.
 */
async function openClient({ project, emulator }: MetricSinkOptions): Promise<Opened> {
  const { MetricServiceClient } = await import('@google-cloud/monitoring/build/src/v3/metric_service_client.js');
  const where = emulator === null ? {} : await emulatorOptions(emulator);
  const client = new MetricServiceClient({
    projectId: project,
    'grpc.initial_reconnect_backoff_ms': reconnectPauseMs,
    // Otherwise a new client would be given the dead connection of the old one.
    'grpc.use_local_subchannel_pool': 1,
    ...where,
  });
  try {
    await client.initialize();
    return { client };
  } catch {
    return { code: grpcStatus.unauthenticated, message: 'no usable credentials for Cloud Monitoring' };
  }
}

/** Naming the universe keeps the client from asking the metadata server for it. */
async function emulatorOptions(emulator: string) {
  const { credentials } = await import('@grpc/grpc-js');
  const { hostname, port } = new URL(`http://${emulator}`);
  return {
    apiEndpoint: hostname,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    clientOptions: { universeDomain: 'googleapis.com' },
  };
}

async function within(opening: Promise<Opened>, deadlineMs: number): Promise<Opened> {
  const timer = new AbortController();
  const late = { code: grpcStatus.deadlineExceeded, message: 'the client was not ready in time' };
  try {
    return await Promise.race([opening, sleep(leftMs(deadlineMs), late, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}

/** At least 1: the client takes a timeout of 0 for its default of half a minute. */
function leftMs(deadlineMs: number): number {
  return Math.max(deadlineMs - performance.now(), 1);
}

interface Call {
  readonly project: string;
  readonly timeoutMs: number;
}

async function send(opened: Opened, points: readonly Point[], { project, timeoutMs }: Call): Promise<WriteReport> {
  if (!('client' in opened)) {
    return refusal(points, opened.code, opened.message);
  }
  const series = points.map((point) => timeSeriesOf(point, project));
  try {
    await opened.client.createTimeSeries({ name: `projects/${project}`, timeSeries: series }, { timeout: timeoutMs });
    return { written: points.length, refused: [] };
  } catch (error) {
    const report = readCallError(error, points);
    if (report === null) {
      throw error;
    }
    return report;
  }
}

/** Nothing waits for the end of a connection that has been given up. */
function close(opened: Opened): void {
  if ('client' in opened) {
    opened.client.close().catch(() => undefined);
  }
}
