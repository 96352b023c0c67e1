/**
 * The methods of google.monitoring.v3.MetricService that are served here, in the encoding of the client package's
 * own messages: what the server reads is what the client meant, and the other way round.
 */
import protos from '@google-cloud/monitoring/build/protos/protos.js';
import type { MethodDefinition } from '@grpc/grpc-js';
import * as v from 'valibot';

import type { Descriptor } from './candidate.ts';
import { createDescriptorRequest, listTimeSeriesRequest, writeRequest } from './received.ts';
import type { StoredPoint, StoredSeries } from './store.ts';

const { v3 } = protos.google.monitoring;
const { MetricDescriptor } = protos.google.api;

/** The parts of a message class of protobufjs that are used. */
interface MessageClass<Message> {
  decode(bytes: Uint8Array): Message;
  toObject(message: Message, options: { readonly longs: typeof Number; readonly enums: typeof String }): object;
}

function readerOf<Message, Schema extends v.GenericSchema>(type: MessageClass<Message>, schema: Schema) {
  return (bytes: Uint8Array): v.InferOutput<Schema> =>
    v.parse(schema, type.toObject(type.decode(bytes), { longs: Number, enums: String }));
}

function unary<Request, Response>(
  name: string,
  read: (bytes: Uint8Array) => Request,
  write: (response: Response) => { finish(): Uint8Array },
): MethodDefinition<Request, Response> {
  const unused = (): never => {
    throw new Error(`${name} is only served here`);
  };
  return {
    path: `/google.monitoring.v3.MetricService/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: unused,
    requestDeserialize: read,
    responseSerialize: (response) => Buffer.from(write(response).finish()),
    responseDeserialize: unused,
  };
}

export const metricService = {
  createTimeSeries: unary('CreateTimeSeries', readerOf(v3.CreateTimeSeriesRequest, writeRequest), () =>
    protos.google.protobuf.Empty.encode({}),
  ),
  listTimeSeries: unary(
    'ListTimeSeries',
    readerOf(v3.ListTimeSeriesRequest, listTimeSeriesRequest),
    (series: readonly StoredSeries[]) =>
      v3.ListTimeSeriesResponse.encode(
        v3.ListTimeSeriesResponse.fromObject({ timeSeries: series.map(timeSeriesMessage) }),
      ),
  ),
  listMetricDescriptors: unary(
    'ListMetricDescriptors',
    () => ({}),
    (descriptors: readonly Descriptor[]) =>
      v3.ListMetricDescriptorsResponse.encode(
        v3.ListMetricDescriptorsResponse.fromObject({ metricDescriptors: descriptors.map(descriptorMessage) }),
      ),
  ),
  createMetricDescriptor: unary(
    'CreateMetricDescriptor',
    readerOf(v3.CreateMetricDescriptorRequest, createDescriptorRequest),
    (descriptor: Descriptor) => MetricDescriptor.encode(MetricDescriptor.fromObject(descriptorMessage(descriptor))),
  ),
};

/** Points newest first, as the API gives them. */
function timeSeriesMessage(series: StoredSeries) {
  return {
    metric: { type: series.metricType, labels: series.labels },
    resource: { type: series.resourceType, labels: series.resourceLabels },
    metricKind: series.metricKind,
    valueType: series.valueType,
    unit: series.unit,
    points: series.points.toReversed().map((point) => pointMessage(point, series.valueType)),
  };
}

const valueField = {
  BOOL: 'boolValue',
  INT64: 'int64Value',
  DOUBLE: 'doubleValue',
  STRING: 'stringValue',
  DISTRIBUTION: 'distributionValue',
} as const;

function pointMessage({ startMs, endMs, value }: StoredPoint, valueType: StoredSeries['valueType']) {
  return {
    interval: { startTime: timestampMessage(startMs), endTime: timestampMessage(endMs) },
    value: { [valueField[valueType]]: value },
  };
}

function timestampMessage(unixMs: number) {
  const seconds = Math.floor(unixMs / 1_000);
  return { seconds, nanos: Math.round((unixMs - seconds * 1_000) * 1_000_000) };
}

function descriptorMessage(descriptor: Descriptor) {
  return { ...descriptor, labels: descriptor.labels.map((key) => ({ key, valueType: 'STRING' })) };
}
