/**
 * Cloud Monitoring on the laptop: a gRPC server on the loopback that takes and refuses what the real API takes and
 * refuses, remembers the newest points, and can be told to fail. For tests and for `golden-path start`.
 */
import { promisify } from 'node:util';

import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from '@grpc/grpc-js';

import { metricEntry, metricNames, metricType } from '../../core/metrics/catalogue.ts';
import { type Descriptor, fieldError } from './candidate.ts';
import { createFaults, type Fault, underFault } from './faults.ts';
import { selectSeries } from './filter.ts';
import type { CreateDescriptorRequest, ListTimeSeriesRequest, WriteRequest } from './received.ts';
import { type CallError, callErrorOf } from './refusal.ts';
import { createSeriesStore, type Judged, type SeriesStore, type StoredSeries } from './store.ts';
import { metricService } from './wire.ts';

export interface LocalMonitoringOptions {
  /** TCP port on 127.0.0.1; 0, the default, takes a free one. */
  readonly port?: number;
  /** Wall clock in Unix milliseconds. */
  readonly nowMs?: () => number;
  /** Whether the catalogue's descriptors are there from the start, as after `terraform apply`; by default they are. */
  readonly described?: boolean;
  /** Series that are kept, the ones written last; 5,000 by default. */
  readonly seriesMax?: number;
  /** Points that are kept of a series, the newest; 500 by default. */
  readonly pointsMax?: number;
}

/** One call to CreateTimeSeries and what became of each of its series. */
export interface WriteEvent {
  readonly atMs: number;
  readonly judged: readonly Judged[];
}

export interface LocalMonitoring extends AsyncDisposable {
  /** `host:port`, for CLOUD_MONITORING_EMULATOR_HOST. */
  readonly address: string;
  series(): readonly StoredSeries[];
  /** Tells of every write that was judged, until the returned function is called. */
  onWrite(listener: (event: WriteEvent) => void): () => void;
  /** Makes the next writes fail, all of them unless a number is given; null ends it. */
  fail(fault: Fault | null, writes?: number): void;
  /** Breaks off whatever is under way. */
  close(): Promise<void>;
}

/** Series that one request may carry (google.monitoring.v3, CreateTimeSeriesRequest). */
const requestSeriesMax = 200;

/** @throws when the port is taken */
export async function startMonitoringServer(options: LocalMonitoringOptions = {}): Promise<LocalMonitoring> {
  const { port = 0, nowMs = Date.now, described = true, seriesMax = 5_000, pointsMax = 500 } = options;
  const store = createSeriesStore({ seriesMax, pointsMax });
  const listeners = new Set<(event: WriteEvent) => void>();
  const faults = createFaults();
  if (described) {
    catalogueDescriptors().forEach((descriptor) => store.describe(descriptor));
  }

  const server = new Server();
  server.addService(metricService, {
    ...readMethods(store),
    createTimeSeries({ request }: ServerUnaryCall<WriteRequest, null>, answer: sendUnaryData<null>) {
      underFault(
        faults.next(),
        (extra) => {
          const error = requestError(request);
          if (error !== null) {
            return error;
          }
          const atMs = nowMs();
          const judged = store.write(request.timeSeries, atMs, extra);
          listeners.forEach((listener) => listener({ atMs, judged }));
          return callErrorOf(judged);
        },
        (error) => answer(error, null),
      );
    },
  });
  const bind = promisify(server.bindAsync.bind(server));
  const boundPort = await bind(`127.0.0.1:${port}`, ServerCredentials.createInsecure());
  const close = async (): Promise<void> => server.forceShutdown();
  return {
    address: `127.0.0.1:${boundPort}`,
    series: () => store.series(),
    onWrite(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    fail: (fault, writes = Number.POSITIVE_INFINITY) => faults.set(fault, writes),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function readMethods(store: SeriesStore) {
  return {
    listTimeSeries(
      { request }: ServerUnaryCall<ListTimeSeriesRequest, readonly StoredSeries[]>,
      answer: sendUnaryData<readonly StoredSeries[]>,
    ) {
      const selected = selectSeries(store.series(), request);
      const details = fieldError('filter', 'The filter must name one metric type and use only = and AND.');
      answer(selected === null ? { code: status.INVALID_ARGUMENT, details } : null, selected);
    },
    listMetricDescriptors(
      _call: ServerUnaryCall<object, readonly Descriptor[]>,
      answer: sendUnaryData<readonly Descriptor[]>,
    ) {
      answer(null, store.descriptors());
    },
    createMetricDescriptor(
      { request: { metricDescriptor } }: ServerUnaryCall<CreateDescriptorRequest, Descriptor>,
      answer: sendUnaryData<Descriptor>,
    ) {
      const descriptor = { ...metricDescriptor, labels: metricDescriptor.labels.map(({ key }) => key) };
      store.describe(descriptor);
      answer(null, descriptor);
    },
  };
}

/** What is wrong with a request as a whole; then nothing of it is written. */
function requestError({ name, timeSeries }: WriteRequest): CallError | null {
  const refuse = (details: string): CallError => ({ code: status.INVALID_ARGUMENT, details });
  if (!/^projects\/[a-z0-9:.-]+$/.test(name)) {
    return refuse(fieldError('name', 'The name must be projects/[PROJECT_ID_OR_NUMBER].', name.slice(0, 100)));
  }
  if (timeSeries.length === 0) {
    return refuse(fieldError('timeSeries', 'At least one TimeSeries is required.'));
  }
  return timeSeries.length <= requestSeriesMax
    ? null
    : refuse(
        fieldError('timeSeries', `A maximum of ${requestSeriesMax} TimeSeries can be written in a single request.`),
      );
}

function catalogueDescriptors(): readonly Descriptor[] {
  return metricNames.map((name) => {
    const { metricKind, valueType, unit, displayName, description, labels } = metricEntry(name);
    return {
      type: metricType(name),
      metricKind,
      valueType,
      unit,
      displayName,
      description,
      labels: Object.keys(labels),
    };
  });
}
