/** The part of Cloud Monitoring's filter language that reads single series back: equalities joined by AND. */
import type { ListTimeSeriesRequest } from './received.ts';
import type { StoredSeries } from './store.ts';

const comparison = /^(metric|resource)\.(?:(type)|labels?\.([A-Za-z0-9_]+))\s*=\s*"([^"]*)"$/;

/**
 * The series that the request asks for, each with its points inside the interval: after the start, up to the end.
 * null when the filter is not understood or names no metric type, which the API demands.
 */
export function selectSeries(
  all: readonly StoredSeries[],
  { filter, interval }: ListTimeSeriesRequest,
): readonly StoredSeries[] | null {
  const terms = filter.split(/\s+AND\s+/).map((term) => comparison.exec(term.trim()));
  const parsed = terms.filter((term) => term !== null);
  if (parsed.length < terms.length || !parsed.some(([, subject, type]) => subject === 'metric' && type === 'type')) {
    return null;
  }
  return all
    .filter((series) => parsed.every(([, subject, , key, value]) => fieldOf(series, subject, key) === value))
    .map((series) => within(series, interval))
    .filter(({ points }) => points.length > 0);
}

function within(series: StoredSeries, { startTime, endTime }: ListTimeSeriesRequest['interval']): StoredSeries {
  const [afterMs, untilMs] = [startTime ?? Number.NEGATIVE_INFINITY, endTime ?? Number.POSITIVE_INFINITY];
  return { ...series, points: series.points.filter(({ endMs }) => endMs > afterMs && endMs <= untilMs) };
}

/** The metric's or resource's type, or its label when there is a key. */
function fieldOf(series: StoredSeries, subject = '', key?: string): string | undefined {
  const [type, labels] =
    subject === 'metric' ? [series.metricType, series.labels] : [series.resourceType, series.resourceLabels];
  return key === undefined ? type : labels[key];
}
