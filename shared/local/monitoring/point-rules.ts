/** Rules on the one point of a series: its value, its times, and its place behind the points that are there. */
import { type Candidate, fieldError, type Interval, type Rule } from './candidate.ts';

const pastMsMax = 25 * 3_600_000;
const futureMsMax = 5 * 60_000;
const samplingPeriodMs = 5_000;

/** The point's times; without a start it is an instant. */
export function intervalOf({ point: { interval } }: Candidate): Interval {
  const endMs = interval.endTime ?? Number.NaN;
  return { startMs: interval.startTime ?? endMs, endMs };
}

function pointPath({ index }: Candidate, part: string): string {
  return `timeSeries[${index}].points[0].${part}`;
}

/** Any number, also one that no calendar has. */
function iso(unixMs: number): string {
  const date = new Date(unixMs);
  return Number.isNaN(date.getTime()) ? String(unixMs) : date.toISOString();
}

const outOfOrder = 'Points must be written in order. One or more of the points specified had an older';

export const pointRules: readonly Rule[] = [
  {
    id: 'one_point',
    broken: ({ index, series: { points } }) => {
      const message = 'Only one point can be written per TimeSeries per request.';
      return points.length === 1 ? null : fieldError(`timeSeries[${index}].points`, message);
    },
  },
  {
    id: 'value_present',
    broken: (candidate) =>
      candidate.valueType === null ? fieldError(pointPath(candidate, 'value'), 'A value is required.') : null,
  },
  {
    id: 'value_type_said',
    broken: ({ series: { metric, valueType: said }, valueType }) =>
      said === undefined || said === 'VALUE_TYPE_UNSPECIFIED' || said === valueType
        ? null
        : `Value type for metric ${metric.type} must be ${said}, but is ${valueType}.`,
  },
  {
    id: 'value_type_matches',
    broken: ({ valueType, descriptor }) =>
      descriptor === null || valueType === descriptor.valueType
        ? null
        : `Value type for metric ${descriptor.type} conflicts with the existing value type (${descriptor.valueType}).`,
  },
  {
    id: 'value_type_writable',
    broken: ({ kind, valueType, descriptor, series: { metric } }) => {
      const needsDescriptor = valueType === 'STRING' && descriptor === null;
      const needsGauge = (valueType === 'STRING' || valueType === 'BOOL') && kind !== 'GAUGE';
      const message = `Value type ${valueType} is not supported for the ${kind} metric ${metric.type}.`;
      return needsDescriptor || needsGauge ? message : null;
    },
  },
  {
    id: 'end_time_present',
    broken: (candidate) => {
      const path = pointPath(candidate, 'interval.end_time');
      return Number.isNaN(intervalOf(candidate).endMs) ? fieldError(path, 'An end time is required.') : null;
    },
  },
  {
    id: 'gauge_is_instant',
    broken: (candidate) => {
      const { startMs, endMs } = intervalOf(candidate);
      const message = `The start time must be equal to the end time (${iso(endMs)}) for the gauge metric`;
      return candidate.kind !== 'GAUGE' || startMs === endMs ? null : startTimeError(candidate, startMs, message);
    },
  },
  {
    id: 'cumulative_has_length',
    broken: (candidate) => {
      const { startMs, endMs } = intervalOf(candidate);
      const message = `The start time must be before the end time (${iso(endMs)}) for the non-gauge metric`;
      return candidate.kind === 'GAUGE' || startMs < endMs ? null : startTimeError(candidate, startMs, message);
    },
  },
  {
    id: 'not_too_old',
    broken: (candidate) => {
      const { endMs } = intervalOf(candidate);
      const message = 'Data points cannot be written more than 25h0s in the past.';
      const path = pointPath(candidate, 'interval.end_time');
      return endMs >= candidate.nowMs - pastMsMax ? null : fieldError(path, message, iso(endMs));
    },
  },
  {
    id: 'not_in_the_future',
    broken: (candidate) => {
      const { endMs } = intervalOf(candidate);
      const message = 'Data points cannot be written more than 5m0s in the future.';
      const path = pointPath(candidate, 'interval.end_time');
      return endMs <= candidate.nowMs + futureMsMax ? null : fieldError(path, message, iso(endMs));
    },
  },
  {
    id: 'ends_in_order',
    broken: (candidate) => {
      const { newest } = candidate;
      const late = newest !== null && intervalOf(candidate).endMs <= newest.endMs;
      return late ? `${outOfOrder} end time than the most recent point.` : null;
    },
  },
  {
    id: 'starts_in_order',
    broken: (candidate) => {
      const { kind, newest } = candidate;
      const { startMs } = intervalOf(candidate);
      const overlaps = newest !== null && startMs !== newest.startMs && startMs <= newest.endMs;
      return kind === 'CUMULATIVE' && overlaps ? `${outOfOrder} start time than the most recent point.` : null;
    },
  },
  {
    id: 'sampling_period',
    broken: (candidate) => {
      const { newest } = candidate;
      const dense = newest !== null && intervalOf(candidate).endMs - newest.endMs < samplingPeriodMs;
      return dense
        ? 'One or more points were written more frequently than the maximum sampling period configured for the metric.'
        : null;
    },
  },
];

function startTimeError(candidate: Candidate, startMs: number, message: string): string {
  const text = `${message} '${candidate.series.metric.type}'.`;
  return fieldError(pointPath(candidate, 'interval.start_time'), text, iso(startMs));
}
